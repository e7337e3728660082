"""What the effects function is asked to do in Discord with the bot's token.

Every effect has an id of its own, so that doing it twice has the effect of once: role changes are
idempotent by nature, so is revoking an invite, messages carry the id as nonce with `enforce_nonce`
(Discord: Create Message), and looking at a member's standing does nothing where nothing is to be
done.
"""

import json
from dataclasses import asdict
from typing import Final, Literal

from usher.contracts.case_effects import CheckMute, LogCase, NoteByHand, PostCard
from usher.contracts.errors import ContractError
from usher.contracts.guarding import ReactToAutomod, WatchRaid
from usher.contracts.onboarding_effects import FollowOnboarding, OfferOnboarding
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, InviteCode, RoleId, UserId

EFFECT_VERSION: Final = 1


@frozen
class SendMessage:
    """Post `content` to a channel, mentioning nobody but `mention`."""

    id: str
    guild_id: GuildId
    channel_id: ChannelId
    content: str
    mention: UserId | None = None
    kind: Literal["send_message"] = "send_message"


@frozen
class ChangeRole:
    """Give a role to a member (`present`) or take it."""

    id: str
    guild_id: GuildId
    user_id: UserId
    role_id: RoleId
    present: bool
    reason: str
    kind: Literal["change_role"] = "change_role"


@frozen
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


@frozen
class CheckStanding:
    """Look what a member's invites have earned, and make it so."""

    id: str
    guild_id: GuildId
    user_id: UserId
    retired: tuple[RoleId, ...] = ()
    """Roles that are no ranks any more and are taken."""
    due_at: str | None = None
    """The time for which the clock asked, as the row has it; None for who asks for other reasons.
    """
    kind: Literal["check_standing"] = "check_standing"


@frozen
class SweepStandings:
    """Look at everybody who has counters, a page at a time, those with the most invites first."""

    id: str
    guild_id: GuildId
    after: str | None = None
    """Where the page before ended; None for the first page."""
    retired: tuple[RoleId, ...] = ()
    users: tuple[UserId, ...] = ()
    """These members alone; empty for everybody."""
    kind: Literal["sweep_standings"] = "sweep_standings"


@frozen
class MendRank:
    """Look whether what kept a rank from working is mended."""

    id: str
    guild_id: GuildId
    key: str
    """Which problem: a role's id, or what concerns all."""
    due_at: str
    """The time for which the clock asked, as the row has it."""
    kind: Literal["mend_rank"] = "mend_rank"


@frozen
class CountReferral:
    """Look by which referral link a member came, and count the join for it."""

    id: str
    guild_id: GuildId
    user_id: UserId
    kind: Literal["count_referral"] = "count_referral"


@frozen
class TellHeld:
    """Tell the admins of conversions that are held for review, if there is something to tell."""

    id: str
    guild_id: GuildId
    due_at: str
    """The time for which the clock asked, as the row has it."""
    kind: Literal["tell_held"] = "tell_held"


@frozen
class Greet:
    """Say welcome or farewell; the message is put together when it is said."""

    id: str
    guild_id: GuildId
    user_id: UserId
    occasion: Literal["welcome", "farewell"]
    guild_name: str
    joined_at: str | None
    """Begin of the membership, as text; None where it is not on record."""
    left_at: str | None = None
    members: int | None = None
    """The guild's members then; None where that was not known."""
    kind: Literal["greet"] = "greet"


@frozen
class EndDue:
    """End what holds for a time (`usher.timing.terms`), once that is over."""

    id: str
    guild_id: GuildId
    key: str
    """Sort key of its row."""
    due_at: str
    """The end for which this asks, as the row has it; any other end is another's to ask for."""
    version: str | None = None
    """The version that is to end; None for who knows the time alone, as the sweep does."""
    kind: Literal["end_due"] = "end_due"


type _Moderation = LogCase | NoteByHand | CheckMute | PostCard | EndDue
type _Guarding = ReactToAutomod | WatchRaid
type _Onboarding = FollowOnboarding | OfferOnboarding
type _Rewards = CheckStanding | SweepStandings | MendRank
type _Referrals = CountReferral | TellHeld
type _Others = SendMessage | ChangeRole | CheckInvite | Greet
type Effect = _Others | _Referrals | _Rewards | _Moderation | _Guarding | _Onboarding

_KINDS: Final[dict[str, type[Effect]]] = {
    "send_message": SendMessage,
    "change_role": ChangeRole,
    "check_invite": CheckInvite,
    "check_standing": CheckStanding,
    "sweep_standings": SweepStandings,
    "mend_rank": MendRank,
    "greet": Greet,
    "count_referral": CountReferral,
    "tell_held": TellHeld,
    "log_case": LogCase,
    "note_by_hand": NoteByHand,
    "check_mute": CheckMute,
    "post_card": PostCard,
    "react_to_automod": ReactToAutomod,
    "watch_raid": WatchRaid,
    "end_due": EndDue,
    "follow_onboarding": FollowOnboarding,
    "offer_onboarding": OfferOnboarding,
}

_TUPLES: Final = {"retired", "users", "joins"}


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
        if kind in _KINDS:
            for name in _TUPLES & fields.keys():
                fields[name] = tuple(fields[name])
            return _KINDS[kind](**fields)
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ContractError(f"not an effect: {error}") from error
    raise ContractError(f"effect kind {kind!r}")
