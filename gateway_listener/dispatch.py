"""Discord's gateway dispatches turned into the events of an Observation.

Shapes follow Discord's documentation: gateway events, resources/invite, resources/audit-log.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateway_listener.audit import read_entry
from gateway_listener.errors import ObserveError
from usher.contracts.automod import observe_automod
from usher.contracts.discord_invites import invite_row
from usher.contracts.discord_records import read_person
from usher.contracts.errors import ContractError
from usher.contracts.observation import (
    GatewayEvent,
    InviteCreated,
    InviteDeleted,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberUnbanned,
    MemberUpdated,
)
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_roles,
    read_snowflake,
    read_time,
    unless_none,
)
from usher.ids import GuildId, UserId

TRANSLATED: Final = frozenset(
    {
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_UPDATE",
        "GUILD_MEMBER_REMOVE",
        "GUILD_BAN_ADD",
        "GUILD_BAN_REMOVE",
        "INVITE_CREATE",
        "INVITE_DELETE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        "AUTO_MODERATION_ACTION_EXECUTION",
    }
)
"""Dispatch types that become events."""


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
        case "GUILD_MEMBER_UPDATE":
            return _updated(data, at)
        case "GUILD_MEMBER_REMOVE":
            return MemberLeft(_user_id(data), at)
        case "GUILD_BAN_ADD":
            return MemberBanned(_user_id(data), at)
        case "GUILD_BAN_REMOVE":
            return MemberUnbanned(_user_id(data), at)
        case "INVITE_CREATE":
            channel_id = unless_none(data, "channel_id", read_snowflake)
            return InviteCreated(
                invite_row(data, channel_id, unless_none(data, "uses", read_count) or 0), at
            )
        case "INVITE_DELETE":
            return InviteDeleted(read_code(data, "code"), at)
        case "GUILD_AUDIT_LOG_ENTRY_CREATE":
            return read_entry(data, at)
        case "AUTO_MODERATION_ACTION_EXECUTION":
            return observe_automod(data, at)
        case _:
            return None


def _user_id(data: Fields) -> UserId:
    return UserId(read_snowflake(as_fields(data.get("user"), "user"), "id"))


def _joined(data: Fields, at: datetime) -> MemberJoined:
    return MemberJoined(
        person=read_person(data),
        joined_at=unless_none(data, "joined_at", read_time) or at,
        at=at,
        pending=unless_none(data, "pending", read_flag) or False,
        flags=unless_none(data, "flags", read_count) or 0,
        roles=unless_none(data, "roles", read_roles) or (),
    )


def _updated(data: Fields, at: datetime) -> MemberUpdated | None:
    """Read an update; of a guest without a time of joining it says nothing."""
    joined_at = unless_none(data, "joined_at", read_time)
    if joined_at is None:
        return None
    return MemberUpdated(
        user_id=_user_id(data),
        joined_at=joined_at,
        pending=unless_none(data, "pending", read_flag) or False,
        roles=unless_none(data, "roles", read_roles) or (),
        at=at,
    )
