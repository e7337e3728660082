"""The wire form of the gateway events in an Observation."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from usher.contracts.audit_acts import read_act, write_act
from usher.contracts.automod import AutomodActed, read_automod, write_automod
from usher.contracts.deeds import InvitesGranted, RecountAsked, SettingChanged, UpgradeAssigned
from usher.contracts.deeds_codec import (
    read_granted,
    read_recount,
    read_setting,
    read_upgrade,
    write_deed,
)
from usher.contracts.errors import ContractError
from usher.contracts.mending import (
    LinesUnbooked,
    MemberMissing,
    read_missing,
    read_unbooked,
    write_mending,
)
from usher.contracts.observation import (
    AuditEntry,
    CodesDue,
    GatewayEvent,
    ImportEnded,
    InviteCreated,
    InviteDeleted,
    InviteTargeted,
    MemberAdded,
    MemberBanned,
    MemberFound,
    MemberJoined,
    MemberLeft,
    MemberSearched,
    MemberUnbanned,
    MemberUpdated,
    Person,
)
from usher.contracts.observation_looks import read_row, write_row
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_list,
    read_roles,
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
        case MemberJoined() | MemberUpdated():
            return {"at": at, **_write_member(event)}
        case MemberLeft():
            return {"t": "left", "at": at, **_write_left(event)}
        case MemberBanned() | MemberUnbanned() | MemberAdded():
            return {"at": at, **_write_user(event)}
        case InviteCreated() | InviteDeleted() | InviteTargeted() | CodesDue():
            return {"at": at, **_write_codes(event)}
        case AuditEntry():
            return {
                "t": "audit",
                "at": at,
                "action": event.action,
                "user_id": event.user_id,
                "target_id": event.target_id,
                "code": event.code,
                "invite": None if event.invite is None else write_row(event.invite),
                "made_at": None if event.made_at is None else format_time(event.made_at),
                "removed": event.removed,
                "act": write_act(event.act),
            }
        case InvitesGranted() | SettingChanged() | UpgradeAssigned() | RecountAsked():
            return write_deed(event)
        case MemberFound():
            joined_at = format_time(event.joined_at)
            return {"t": "found", "at": at, "joined_at": joined_at, **_write_person(event.person)}
        case MemberSearched():
            return {
                "t": "searched",
                "at": at,
                "joined_at": format_time(event.joined_at),
                "source": event.source,
                "code": event.code,
                "inviter_id": event.inviter_id,
                "imported": event.imported,
                **_write_person(event.person),
            }
        case AutomodActed() | ImportEnded() | LinesUnbooked() | MemberMissing():
            return _write_other(event)


def _write_other(event: AutomodActed | ImportEnded | LinesUnbooked | MemberMissing) -> Fields:
    if isinstance(event, AutomodActed):
        return write_automod(event)
    if isinstance(event, LinesUnbooked | MemberMissing):
        return write_mending(event)
    return {"t": "import_ended", "at": format_time(event.at), "by_counts": event.by_counts}


def _write_codes(event: InviteCreated | InviteDeleted | InviteTargeted | CodesDue) -> Fields:
    """Write what happened to codes."""
    match event:
        case InviteCreated():
            return {"t": "invite_created", "invite": write_row(event.invite)}
        case InviteDeleted():
            return {"t": "invite_deleted", "code": event.code}
        case InviteTargeted():
            return {"t": "targeted", "code": event.code, "users": list(event.users)}
        case CodesDue():
            return {"t": "due", "codes": list(event.codes)}


def _write_user(event: MemberBanned | MemberUnbanned | MemberAdded) -> Fields:
    if not isinstance(event, MemberAdded):
        kind = "banned" if isinstance(event, MemberBanned) else "unbanned"
        return {"t": kind, "user_id": event.user_id}
    whose = {"inviter_id": event.inviter_id, "link": event.link}
    return {"t": "added", "user_id": event.user_id, **whose, "done": event.done}


def _write_left(event: MemberLeft) -> Fields:
    times = {"until": event.until, "began_by": event.began_by}
    told = {name: format_time(moment) for name, moment in times.items() if moment is not None}
    return {"user_id": event.user_id, "audited": event.audited, **told}


def _write_member(event: MemberJoined | MemberUpdated) -> Fields:
    """Write what a member is like, at the join or later."""
    fields = {
        "joined_at": format_time(event.joined_at),
        "pending": event.pending,
        "roles": list(event.roles),
    }
    if isinstance(event, MemberUpdated):
        return {"t": "updated", "user_id": event.user_id, **fields}
    return {"t": "joined", "flags": event.flags, **fields, **_write_person(event.person)}


def _write_person(person: Person) -> Fields:
    return {
        "user_id": person.user_id,
        "username": person.username,
        "display_name": person.display_name,
        "discriminator": person.discriminator,
        "bot": person.bot,
        "has_avatar": person.has_avatar,
    }


def read_event(item: object) -> GatewayEvent:
    """Read what `write_event` wrote; raises ContractError."""
    fields = as_fields(item, "event")
    kind, at = read_text(fields, "t"), read_time(fields, "at")
    reader = _READERS.get(kind)
    if reader is None:
        raise ContractError(f"event of kind {kind[:40]!r}")
    return reader(fields, at)


def _user_id(fields: Fields) -> UserId:
    return UserId(read_snowflake(fields, "user_id"))


def _read_person(fields: Fields) -> Person:
    return Person(
        user_id=_user_id(fields),
        username=read_text(fields, "username"),
        display_name=read_text(fields, "display_name"),
        discriminator=read_text(fields, "discriminator"),
        bot=read_flag(fields, "bot"),
        has_avatar=read_flag(fields, "has_avatar"),
    )


def _read_left(fields: Fields, at: datetime) -> MemberLeft:
    audited = bool(unless_none(fields, "audited", read_flag))
    until, began_by = (unless_none(fields, name, read_time) for name in ("until", "began_by"))
    return MemberLeft(_user_id(fields), at, audited, until, began_by)


def _read_added(fields: Fields, at: datetime) -> MemberAdded:
    inviter_id = unless_none(fields, "inviter_id", read_snowflake)
    return MemberAdded(
        user_id=_user_id(fields),
        at=at,
        inviter_id=None if inviter_id is None else UserId(inviter_id),
        link=unless_none(fields, "link", read_text),
        done=unless_none(fields, "done", read_flag) is not False,
    )


def _read_join(fields: Fields, at: datetime) -> MemberJoined:
    return MemberJoined(
        person=_read_person(fields),
        joined_at=read_time(fields, "joined_at"),
        at=at,
        pending=read_flag(fields, "pending"),
        flags=read_count(fields, "flags"),
        roles=unless_none(fields, "roles", read_roles) or (),
    )


def _read_updated(fields: Fields, at: datetime) -> MemberUpdated:
    return MemberUpdated(
        user_id=_user_id(fields),
        joined_at=read_time(fields, "joined_at"),
        pending=read_flag(fields, "pending"),
        roles=read_roles(fields, "roles"),
        at=at,
    )


def _read_audit(fields: Fields, at: datetime) -> AuditEntry:
    user_id = unless_none(fields, "user_id", read_snowflake)
    return AuditEntry(
        action=read_count(fields, "action"),
        user_id=None if user_id is None else UserId(user_id),
        target_id=unless_none(fields, "target_id", read_text),
        code=unless_none(fields, "code", read_code),
        at=at,
        invite=None if fields.get("invite") is None else read_row(fields.get("invite")),
        made_at=unless_none(fields, "made_at", read_time),
        removed=unless_none(fields, "removed", read_count),
        act=read_act(fields.get("act")),
    )


def _read_targeted(fields: Fields, at: datetime) -> InviteTargeted:
    users = [UserId(read_snowflake({"user": user}, "user")) for user in read_list(fields, "users")]
    return InviteTargeted(read_code(fields, "code"), tuple(users), at)


def _read_due(fields: Fields, at: datetime) -> CodesDue:
    codes = read_list(fields, "codes")
    return CodesDue(tuple(read_code({"code": code}, "code") for code in codes), at)


def _read_searched(fields: Fields, at: datetime) -> MemberSearched:
    inviter_id = unless_none(fields, "inviter_id", read_snowflake)
    return MemberSearched(
        person=_read_person(fields),
        joined_at=read_time(fields, "joined_at"),
        at=at,
        source=read_count(fields, "source"),
        code=unless_none(fields, "code", read_code),
        inviter_id=None if inviter_id is None else UserId(inviter_id),
        imported=unless_none(fields, "imported", read_flag) or False,
    )


_READERS: Final[Mapping[str, Callable[[Fields, datetime], GatewayEvent]]] = {
    "joined": _read_join,
    "updated": _read_updated,
    "left": _read_left,
    "banned": lambda fields, at: MemberBanned(_user_id(fields), at),
    "unbanned": lambda fields, at: MemberUnbanned(_user_id(fields), at),
    "invite_created": lambda fields, at: InviteCreated(read_row(fields.get("invite")), at),
    "invite_deleted": lambda fields, at: InviteDeleted(read_code(fields, "code"), at),
    "audit": _read_audit,
    "targeted": _read_targeted,
    "added": _read_added,
    "found": lambda fields, at: MemberFound(
        _read_person(fields), read_time(fields, "joined_at"), at
    ),
    "searched": _read_searched,
    "granted": read_granted,
    "setting": read_setting,
    "upgrade": read_upgrade,
    "recount": read_recount,
    "import_ended": lambda fields, at: ImportEnded(at, read_flag(fields, "by_counts")),
    "due": _read_due,
    "automod": read_automod,
    "unbooked": read_unbooked,
    "missing": read_missing,
}
