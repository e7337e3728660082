"""What the effects function is asked to do in Discord with the bot's token.

Every effect has an id of its own, so that doing it twice has the effect of once: role changes are
idempotent by nature, so is revoking an invite, and messages carry the id as nonce with
`enforce_nonce` (Discord: Create Message).
"""

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from usher.contracts.errors import ContractError
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId

EFFECT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Post `content` to a channel, mentioning nobody but `mention`."""

    id: str
    guild_id: GuildId
    channel_id: ChannelId
    content: str
    mention: UserId | None = None
    kind: Literal["send_message"] = "send_message"


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """Give a role to a member (`present`) or take it."""

    id: str
    guild_id: GuildId
    user_id: UserId
    role_id: RoleId
    present: bool
    reason: str
    kind: Literal["change_role"] = "change_role"


@dataclass(frozen=True, slots=True)
class CheckInvite:
    """Hold a new invite against the guild's policy; revoke what breaks it, and tell its maker."""

    id: str
    guild_id: GuildId
    code: InviteCode
    user_id: UserId
    """Who made it."""
    max_age: int
    """Of the invite, in seconds; 0 for no end."""
    max_uses: int
    """Of the invite; 0 for no limit."""
    role_id: RoleId | None
    longest: int | None
    most_uses: int | None
    most_active: int | None
    """The policy (`usher.policy.rules.Policy`) as it was when the invite was seen."""
    notice_channel_id: ChannelId | None
    """Where it is told if the maker takes no direct messages."""
    kind: Literal["check_invite"] = "check_invite"


type Effect = SendMessage | ChangeRole | CheckInvite


def encode_effect(effect: Effect) -> str:
    """Write an effect as the JSON body of a message to the effects queue."""
    return json.dumps({"v": EFFECT_VERSION, **asdict(effect)}, separators=(",", ":"))


def decode_effect(body: str) -> Effect:
    """Read the body of an effects message; raises ContractError for anything but a known effect."""
    try:
        fields = json.loads(body)
        version, kind = fields.pop("v"), fields.get("kind")
        if version != EFFECT_VERSION:
            raise ContractError(f"effect version {version!r}")
        if kind == "send_message":
            return SendMessage(**fields)
        if kind == "change_role":
            return ChangeRole(**fields)
        if kind == "check_invite":
            return CheckInvite(**fields)
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ContractError(f"not an effect: {error}") from error
    raise ContractError(f"effect kind {kind!r}")
