"""What an interaction says about the people, channels, files and messages that it names.

Discord sends these beside the ids (`data.resolved`), so that nobody has to ask. A part that is not
shaped as documented is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Final, NewType

from usher.frozen import frozen
from usher.ids import ChannelId, RoleId, UserId
from usher.times import parse_time

type Fields = Mapping[str, object]

AttachmentId = NewType("AttachmentId", str)
"""Key of a file in the interaction's resolved attachments."""
MessageId = NewType("MessageId", str)

_SNOWFLAKE: Final = re.compile(r"[0-9]{1,20}")
_EMPTY: Final[Fields] = {}


@frozen
class ResolvedUser:
    """A user named by the interaction."""

    user_id: UserId
    username: str
    display_name: str
    """Global name, else username."""
    bot: bool
    joined_at: datetime | None = None
    """When they joined the guild; None for who is no member of it now."""


@frozen
class ResolvedMember:
    """The membership of a user named by the interaction."""

    roles: frozenset[RoleId]
    permissions: int
    """Their bits in the channel of the interaction."""
    joined_at: datetime | None = None


@frozen
class ResolvedChannel:
    """A channel named by the interaction."""

    id: ChannelId
    name: str
    type: int
    permissions: int
    """The asking member's bits there."""
    app_permissions: int
    """Usher's own bits there; 0 where Discord did not say."""


@frozen
class ResolvedAttachment:
    """A file that came with the interaction."""

    id: AttachmentId
    name: str
    url: str
    """Serves for a day or so (Discord docs: Attachment)."""
    size: int
    """Bytes."""
    content_type: str = ""


@frozen
class TargetMessage:
    """The message that a menu was opened on."""

    id: MessageId
    channel_id: ChannelId
    author_id: UserId
    content: str


@frozen
class Resolved:
    """Everything that an interaction names, by id."""

    users: Mapping[UserId, ResolvedUser] = field(default_factory=dict)
    members: Mapping[UserId, ResolvedMember] = field(default_factory=dict)
    channels: Mapping[ChannelId, ResolvedChannel] = field(default_factory=dict)
    attachments: Mapping[AttachmentId, ResolvedAttachment] = field(default_factory=dict)
    messages: Mapping[MessageId, TargetMessage] = field(default_factory=dict)


def is_snowflake(value: object) -> bool:
    """Whether a value is a Discord id: a decimal string below 2**64."""
    return (
        isinstance(value, str) and _SNOWFLAKE.fullmatch(value) is not None and int(value) < 1 << 64
    )


def part(of: Fields, key: str) -> Fields:
    """Read an object inside an object; empty where there is none."""
    value = of.get(key)
    return value if isinstance(value, dict) else _EMPTY


def bits(value: object) -> int:
    """Read permissions: a string, since they outgrow what JavaScript counts exactly."""
    return int(value) if isinstance(value, str) and _SNOWFLAKE.fullmatch(value) else 0


def role_ids(value: object) -> frozenset[RoleId]:
    """Read a list of roles."""
    ids = value if isinstance(value, list) else []
    return frozenset(RoleId(one) for one in ids if is_snowflake(one))


def read_resolved(resolved: Fields) -> Resolved:
    """Read `data.resolved`."""
    named, members = _parts(resolved, "users"), _parts(resolved, "members")
    users = {UserId(key): _user(UserId(key), fields, members) for key, fields in named.items()}
    return Resolved(
        users={key: user for key, user in users.items() if user is not None},
        members={UserId(key): _member(fields) for key, fields in members.items()},
        channels={
            ChannelId(key): _channel(ChannelId(key), fields)
            for key, fields in _parts(resolved, "channels").items()
        },
        attachments={
            AttachmentId(key): _attachment(AttachmentId(key), fields)
            for key, fields in _parts(resolved, "attachments").items()
        },
        messages={
            MessageId(key): _message(MessageId(key), fields)
            for key, fields in _parts(resolved, "messages").items()
        },
    )


def _parts(resolved: Fields, kind: str) -> dict[str, Fields]:
    group = part(resolved, kind)
    return {key: part(group, key) for key in group if is_snowflake(key)}


def _user(user_id: UserId, fields: Fields, members: Mapping[str, Fields]) -> ResolvedUser | None:
    username, display = fields.get("username"), fields.get("global_name")
    if not isinstance(username, str):
        return None
    shown = display if isinstance(display, str) and display else username
    joined_at = _time(members.get(user_id, _EMPTY).get("joined_at"))
    return ResolvedUser(user_id, username, shown, fields.get("bot") is True, joined_at)


def _member(fields: Fields) -> ResolvedMember:
    permissions = bits(fields.get("permissions"))
    return ResolvedMember(
        role_ids(fields.get("roles")), permissions, _time(fields.get("joined_at"))
    )


def _channel(channel_id: ChannelId, fields: Fields) -> ResolvedChannel:
    return ResolvedChannel(
        channel_id,
        _text(fields, "name"),
        _number(fields, "type"),
        bits(fields.get("permissions")),
        bits(fields.get("app_permissions")),
    )


def _attachment(attachment_id: AttachmentId, fields: Fields) -> ResolvedAttachment:
    return ResolvedAttachment(
        attachment_id,
        _text(fields, "filename"),
        _text(fields, "url"),
        _number(fields, "size"),
        _text(fields, "content_type"),
    )


def _message(message_id: MessageId, fields: Fields) -> TargetMessage:
    return TargetMessage(
        message_id,
        ChannelId(_text(fields, "channel_id")),
        UserId(_text(part(fields, "author"), "id")),
        _text(fields, "content"),
    )


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _number(fields: Fields, key: str) -> int:
    value = fields.get(key)
    return value if type(value) is int else 0


def _time(value: object) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
