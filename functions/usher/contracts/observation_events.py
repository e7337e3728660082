"""The wire form of the gateway events in an Observation."""

from datetime import datetime

from usher.contracts.errors import ContractError
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    InviteCreated,
    InviteDeleted,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    Person,
)
from usher.contracts.observation_looks import read_row, write_row
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import UserId
from usher.times import format_time


def write_event(event: GatewayEvent) -> Fields:
    """Write an event; `t` tells its kind."""
    at = format_time(event.at)
    match event:
        case MemberJoined():
            return {"t": "joined", "at": at, **_write_join(event)}
        case MemberLeft():
            return {"t": "left", "at": at, "user_id": event.user_id}
        case MemberBanned():
            return {"t": "banned", "at": at, "user_id": event.user_id}
        case InviteCreated():
            return {"t": "invite_created", "at": at, "invite": write_row(event.invite)}
        case InviteDeleted():
            return {"t": "invite_deleted", "at": at, "code": event.code}
        case AuditEntry():
            return {
                "t": "audit",
                "at": at,
                "action": event.action,
                "user_id": event.user_id,
                "target_id": event.target_id,
                "code": event.code,
            }


def _write_join(event: MemberJoined) -> Fields:
    person = event.person
    return {
        "joined_at": format_time(event.joined_at),
        "user_id": person.user_id,
        "username": person.username,
        "display_name": person.display_name,
        "discriminator": person.discriminator,
        "bot": person.bot,
        "has_avatar": person.has_avatar,
        "pending": event.pending,
        "flags": event.flags,
    }


def read_event(item: object) -> GatewayEvent:
    """Read what `write_event` wrote; raises ContractError."""
    fields = as_fields(item, "event")
    kind, at = read_text(fields, "t"), read_time(fields, "at")
    match kind:
        case "joined":
            return _read_join(fields, at)
        case "left":
            return MemberLeft(UserId(read_snowflake(fields, "user_id")), at)
        case "banned":
            return MemberBanned(UserId(read_snowflake(fields, "user_id")), at)
        case "invite_created":
            return InviteCreated(read_row(fields.get("invite")), at)
        case "invite_deleted":
            return InviteDeleted(read_code(fields, "code"), at)
        case "audit":
            return _read_audit(fields, at)
        case _:
            raise ContractError(f"event of kind {kind[:40]!r}")


def _read_join(fields: Fields, at: datetime) -> MemberJoined:
    person = Person(
        user_id=UserId(read_snowflake(fields, "user_id")),
        username=read_text(fields, "username"),
        display_name=read_text(fields, "display_name"),
        discriminator=read_text(fields, "discriminator"),
        bot=read_flag(fields, "bot"),
        has_avatar=read_flag(fields, "has_avatar"),
    )
    return MemberJoined(
        person=person,
        joined_at=read_time(fields, "joined_at"),
        at=at,
        pending=read_flag(fields, "pending"),
        flags=read_count(fields, "flags"),
    )


def _read_audit(fields: Fields, at: datetime) -> AuditEntry:
    user_id = unless_none(fields, "user_id", read_snowflake)
    return AuditEntry(
        action=read_count(fields, "action"),
        user_id=None if user_id is None else UserId(user_id),
        target_id=unless_none(fields, "target_id", read_text),
        code=unless_none(fields, "code", read_code),
        at=at,
    )
