"""The parts of an interaction that the kit reads (Discord docs: Receiving and Responding).

A signature proves who sent a body, not that it is well formed: every part is checked again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.slash.context import ResolvedUser
from usher.slash.errors import MalformedError
from usher.times import parse_time

_SNOWFLAKE: Final = re.compile(r"[0-9]{1,20}")
_EMPTY: Final[Mapping[str, object]] = {}


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction. `raw` is the whole of it, kept for a deferral."""

    kind: InteractionKind
    raw: Mapping[str, object]
    id: str = ""
    token: str = ""
    """Serves the follow-ups for 15 minutes; never logged."""
    guild_id: GuildId | None = None
    """None outside a guild."""
    user_id: UserId | None = None
    """None for a PING."""
    permissions: int = 0
    roles: frozenset[RoleId] = frozenset()
    channel_id: ChannelId | None = None
    app_permissions: int = 0
    """The bot's own bits in the channel (`app_permissions`)."""
    attachment_limit: int | None = None
    """`attachment_size_limit`: bytes."""
    locale: str = "en-US"
    data: Mapping[str, object] = field(default_factory=dict)
    users: Mapping[UserId, ResolvedUser] = field(default_factory=dict)


def is_snowflake(value: object) -> bool:
    """Whether a value is a Discord id: a decimal string below 2**64."""
    return (
        isinstance(value, str) and _SNOWFLAKE.fullmatch(value) is not None and int(value) < 1 << 64
    )


def read_interaction(body: object) -> Interaction:
    """Read a decoded body; raises MalformedError where an answer has no use or no address."""
    if not isinstance(body, dict):
        raise MalformedError("body")
    number = body.get("type")
    if type(number) is not int or number not in InteractionKind:
        raise MalformedError("type")
    kind = InteractionKind(number)
    if kind is InteractionKind.PING:
        return Interaction(kind, body)
    member = part(body, "member")
    sender = part(member, "user") or part(body, "user")
    interaction_id, token, user_id = body.get("id"), body.get("token"), sender.get("id")
    if not is_snowflake(interaction_id):
        raise MalformedError("id")
    if not isinstance(token, str) or not token:
        raise MalformedError("token")
    if not is_snowflake(user_id):
        raise MalformedError("user")
    guild_id, channel_id = body.get("guild_id"), body.get("channel_id")
    in_guild = bool(member) and is_snowflake(guild_id)
    locale, data = body.get("locale"), part(body, "data")
    return Interaction(
        kind=kind,
        raw=body,
        id=str(interaction_id),
        token=token,
        guild_id=GuildId(str(guild_id)) if in_guild else None,
        user_id=UserId(str(user_id)),
        permissions=_permissions(member.get("permissions")),
        roles=_roles(member.get("roles")),
        channel_id=ChannelId(str(channel_id)) if is_snowflake(channel_id) else None,
        app_permissions=_permissions(body.get("app_permissions")),
        attachment_limit=_bytes(body.get("attachment_size_limit")),
        locale=locale if isinstance(locale, str) else "en-US",
        data=data,
        users=_users(part(data, "resolved")),
    )


def part(of: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Read an object inside an object; empty where there is none."""
    value = of.get(key)
    return value if isinstance(value, dict) else _EMPTY


def _permissions(value: object) -> int:
    # A string, since the bits outgrow what JavaScript counts exactly.
    return int(value) if isinstance(value, str) and _SNOWFLAKE.fullmatch(value) else 0


def _roles(value: object) -> frozenset[RoleId]:
    ids = value if isinstance(value, list) else []
    return frozenset(RoleId(one) for one in ids if is_snowflake(one))


def _bytes(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _users(resolved: Mapping[str, object]) -> dict[UserId, ResolvedUser]:
    named, members = part(resolved, "users"), part(resolved, "members")
    users = {}
    for key in named:
        fields, user_id = part(named, key), UserId(key)
        username, display = fields.get("username"), fields.get("global_name")
        if is_snowflake(key) and isinstance(username, str):
            shown = display if isinstance(display, str) and display else username
            joined_at = _time(part(members, key).get("joined_at"))
            bot = fields.get("bot") is True
            users[user_id] = ResolvedUser(user_id, username, shown, bot, joined_at)
    return users


def _time(value: object) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
