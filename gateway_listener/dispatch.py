"""Discord's gateway dispatches turned into the events of an Observation.

Shapes follow Discord's documentation: gateway events, resources/invite, resources/audit-log.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway_listener.errors import ObserveError
from usher.contracts.errors import ContractError
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    InviteCreated,
    InviteDeleted,
    InviteRow,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    Person,
)
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_list,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import ChannelId, GuildId, InviteCode, UserId

TRANSLATED: Final = frozenset(
    {
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_BAN_ADD",
        "INVITE_CREATE",
        "INVITE_DELETE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
    }
)
"""Dispatch types that become events."""

_INVITE_ACTIONS: Final = frozenset({40, 41, 42})
_TOLD_ACTIONS: Final = _INVITE_ACTIONS | {20, 21, 22, 23, 28}
"""Audit log events that say how a member came or went: kick, prune, ban, unban, bot added, and
what was done to invites (resources/audit-log). A busy guild writes many others."""


def guild_of(data: Mapping[str, object]) -> GuildId:
    """Tell the guild of a dispatch; raises ObserveError when it names none."""
    try:
        return GuildId(read_snowflake(data, "guild_id"))
    except ContractError as error:
        raise ObserveError(error.reason) from error


def translate(dispatch_type: str, data: Mapping[str, object], at: datetime) -> GatewayEvent | None:
    """Turn a gateway dispatch received at `at` into an event.

    None for dispatches that carry nothing for us; raises ObserveError for a malformed one.
    """
    try:
        return _translate(dispatch_type, data, at)
    except ContractError as error:
        raise ObserveError(f"{dispatch_type}: {error.reason}") from error


def _translate(dispatch_type: str, data: Fields, at: datetime) -> GatewayEvent | None:
    match dispatch_type:
        case "GUILD_MEMBER_ADD":
            return _joined(data, at)
        case "GUILD_MEMBER_REMOVE":
            return MemberLeft(_user_id(data), at)
        case "GUILD_BAN_ADD":
            return MemberBanned(_user_id(data), at)
        case "INVITE_CREATE":
            channel_id = unless_none(data, "channel_id", read_snowflake)
            return InviteCreated(
                invite_row(data, channel_id, unless_none(data, "uses", read_count) or 0), at
            )
        case "INVITE_DELETE":
            return InviteDeleted(read_code(data, "code"), at)
        case "GUILD_AUDIT_LOG_ENTRY_CREATE":
            return _audit_entry(data, at)
        case _:
            return None


def _user_id(data: Fields) -> UserId:
    return UserId(read_snowflake(as_fields(data.get("user"), "user"), "id"))


def _joined(data: Fields, at: datetime) -> MemberJoined:
    user = as_fields(data.get("user"), "user")
    username = read_text(user, "username")
    display_name = (
        unless_none(data, "nick", read_text)
        or unless_none(user, "global_name", read_text)
        or username
    )
    person = Person(
        user_id=UserId(read_snowflake(user, "id")),
        username=username,
        display_name=display_name,
        discriminator=unless_none(user, "discriminator", read_text) or "0",
        bot=unless_none(user, "bot", read_flag) or False,
        has_avatar=unless_none(user, "avatar", read_text) is not None,
    )
    return MemberJoined(
        person=person,
        joined_at=unless_none(data, "joined_at", read_time) or at,
        at=at,
        pending=unless_none(data, "pending", read_flag) or False,
        flags=unless_none(data, "flags", read_count) or 0,
    )


def _audit_entry(data: Fields, at: datetime) -> AuditEntry | None:
    action = read_count(data, "action_type")
    if action not in _TOLD_ACTIONS:
        return None
    user_id = unless_none(data, "user_id", read_snowflake)
    return AuditEntry(
        action=action,
        user_id=None if user_id is None else UserId(user_id),
        target_id=unless_none(data, "target_id", read_text),
        code=_changed_code(data) if action in _INVITE_ACTIONS else None,
        at=at,
    )


def _changed_code(data: Fields) -> InviteCode | None:
    """Find the code among the changes: new where the invite was made, old where it ended."""
    for item in unless_none(data, "changes", read_list) or []:
        change = as_fields(item, "changes")
        if change.get("key") == "code":
            return unless_none(change, "new_value", read_code) or unless_none(
                change, "old_value", read_code
            )
    return None


def invite_row(invite: Fields, channel_id: str | None, uses: int | None) -> InviteRow:
    """Read what INVITE_CREATE and the guild's invite list have in common.

    Raises ContractError. Without Manage Server the list lacks all but code, inviter, channel and
    end (resources/guild, Get Guild Invites).
    """
    inviter = unless_none(invite, "inviter", _object)
    inviter_id = None if inviter is None else UserId(read_snowflake(inviter, "id"))
    max_age = unless_none(invite, "max_age", read_count) or 0
    created_at = unless_none(invite, "created_at", read_time)
    expires_at = unless_none(invite, "expires_at", read_time)
    if expires_at is None and created_at is not None and max_age:
        expires_at = _after(created_at, max_age)
    return InviteRow(
        code=read_code(invite, "code"),
        inviter_id=inviter_id,
        channel_id=None if channel_id is None else ChannelId(channel_id),
        uses=uses,
        max_uses=unless_none(invite, "max_uses", read_count) or 0,
        max_age=max_age,
        temporary=unless_none(invite, "temporary", read_flag) or False,
        created_at=created_at,
        expires_at=expires_at,
    )


def _after(moment: datetime, seconds: int) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ContractError("max_age beyond the calendar") from error


def _object(fields: Fields, name: str) -> Fields:
    return as_fields(fields.get(name), name)
