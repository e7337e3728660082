"""What Discord has on record: its members, its search over them, its audit log; and own deeds.

A body is what Discord answered; a refusal (`{"error": status}`), and an index that is not ready
(202, code 110000), record nothing. Malformed bodies raise ObserveError.
"""

from collections.abc import Iterable
from datetime import datetime

from gateway_listener.audit import made_at, read_entry
from gateway_listener.errors import ObserveError
from gateway_listener.look import refusal
from usher.contracts.discord_records import NotReady, read_members_search, read_person
from usher.contracts.errors import ContractError
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    InviteTargeted,
    MemberAdded,
    MemberFound,
    MemberSearched,
)
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_list,
    read_snowflake,
    read_time,
    unless_none,
)
from usher.ids import UserId


def members_found(body: object, at: datetime) -> tuple[MemberFound, ...]:
    """Read the answer to GET /guilds/{id}/members."""
    if refusal(body) is not None:
        return ()
    if not isinstance(body, list):
        raise ObserveError("members: not a list")
    try:
        members = [as_fields(item, "member") for item in body]
        return tuple(
            MemberFound(read_person(member), joined_at, at)
            for member in members
            if (joined_at := unless_none(member, "joined_at", read_time)) is not None
        )
    except ContractError as error:
        raise ObserveError(f"members: {error.reason}") from error


def members_searched(body: object, at: datetime) -> tuple[MemberSearched, ...]:
    """Read the answer to POST /guilds/{id}/members-search (research: userdoccers, guild)."""
    if refusal(body) is not None:
        return ()
    try:
        answer = read_members_search(body, at)
    except ContractError as error:
        raise ObserveError(f"members-search: {error.reason}") from error
    return () if isinstance(answer, NotReady) else answer.found


def audit_entries(body: object) -> tuple[AuditEntry, ...]:
    """Read the answer to GET /guilds/{id}/audit-logs, oldest entry first, each at its own time."""
    if refusal(body) is not None:
        return ()
    try:
        fields = as_fields(body, "audit log")
        rows = [as_fields(item, "entry") for item in read_list(fields, "audit_log_entries")]
        entries = [read_entry(row, made_at(row)) for row in rows]
    except ContractError as error:
        raise ObserveError(f"audit log: {error.reason}") from error
    told = [entry for entry in entries if entry is not None]
    return tuple(sorted(told, key=lambda entry: entry.at))


def own_deeds(body: object, at: datetime) -> tuple[GatewayEvent, ...]:
    """Read what Usher did: `target_users` {code, user_ids} or `added_user` (an id, or {user_id}).

    `managed_code` changes whose link a code is, not who used it, and gives nothing here.
    """
    try:
        return tuple(_deeds(as_fields(body, "deed"), at))
    except ContractError as error:
        raise ObserveError(f"own deed: {error.reason}") from error


def _deeds(fields: Fields, at: datetime) -> Iterable[GatewayEvent]:
    if fields.get("target_users") is not None:
        target = as_fields(fields.get("target_users"), "target_users")
        names = next((n for n in ("user_ids", "users") if n in target), None)
        users = read_list(target, names) if names else [target.get("user_id")]
        yield InviteTargeted(read_code(target, "code"), tuple(map(_user, users)), at)
    if fields.get("added_user") is not None:
        yield MemberAdded(_user(fields.get("added_user")), at)


def _user(value: object) -> UserId:
    fields = value if isinstance(value, dict) else {"user_id": value}
    return UserId(read_snowflake(fields, "user_id" if "user_id" in fields else "id"))
