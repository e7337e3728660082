"""The parts of an interaction that the kit reads (Discord docs: Receiving and Responding).

A signature proves who sent a body, not that it is well formed: every part is checked again.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.slash.errors import MalformedError
from usher.slash.resolved import Resolved, bits, is_snowflake, part, read_resolved, role_ids


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@frozen
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
    resolved: Resolved = field(default_factory=Resolved)
    on_message: bool = False
    """Whether it comes from a component of a message, which the answer may edit."""


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
        permissions=bits(member.get("permissions")),
        roles=role_ids(member.get("roles")),
        channel_id=ChannelId(str(channel_id)) if is_snowflake(channel_id) else None,
        app_permissions=bits(body.get("app_permissions")),
        attachment_limit=_bytes(body.get("attachment_size_limit")),
        locale=locale if isinstance(locale, str) else "en-US",
        data=data,
        resolved=read_resolved(part(data, "resolved")),
        on_message=kind is InteractionKind.COMPONENT or bool(part(body, "message")),
    )


def names_of_sender(body: Mapping[str, object]) -> frozenset[str]:
    """Read how whoever sent it is called: username, display name, and nickname here."""
    member = part(body, "member")
    sender = part(member, "user") or part(body, "user")
    found = (sender.get("username"), sender.get("global_name"), member.get("nick"))
    return frozenset(one for one in found if isinstance(one, str) and one)


def _bytes(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None
