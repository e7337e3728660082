"""Audit log entries, as the gateway tells them and as the log lists them (resources/audit-log)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.contracts.audit_acts import BAN, KICK, MEMBER_UPDATE, REASON, UNBAN, AuditAct
from usher.contracts.discord_invites import after
from usher.contracts.errors import ContractError
from usher.contracts.observation import AuditEntry, InviteRow
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
from usher.ids import ChannelId, InviteCode, UserId

INVITE_CREATE: Final = 40
_INVITE_ACTIONS: Final = frozenset({INVITE_CREATE, 41, 42})
_REMOVING_ACTIONS: Final = frozenset({20, 21, 22})
_ACTS: Final = frozenset({KICK, BAN, UNBAN, MEMBER_UPDATE})
_TOLD_ACTIONS: Final = _INVITE_ACTIONS | _REMOVING_ACTIONS | _ACTS | {28}
"""Entries that say how a member came or went, or was timed out: kick, prune, ban, unban, update,
bot added, and what was done to invites. A busy guild writes many others."""
_TIMEOUT: Final = "communication_disabled_until"

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DISCORD_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)


def read_entry(data: Fields, at: datetime) -> AuditEntry | None:
    """Read an entry; None for one that says nothing of joins. Raises ContractError."""
    action = read_count(data, "action_type")
    if action not in _TOLD_ACTIONS:
        return None
    act = _act(data) if action in _ACTS else None
    if action == MEMBER_UPDATE and act is None:
        return None
    user_id = unless_none(data, "user_id", read_snowflake)
    invite = _invite(data, action, at) if action in _INVITE_ACTIONS else None
    return AuditEntry(
        action=action,
        user_id=None if user_id is None else UserId(user_id),
        target_id=unless_none(data, "target_id", read_text),
        code=None if invite is None else invite.code,
        at=at,
        invite=invite,
        made_at=made_at(data) if action in _REMOVING_ACTIONS | _ACTS else None,
        removed=_pruned(data),
        act=act,
    )


def _act(data: Fields) -> AuditAct | None:
    """Read what was done to a member; None for an update that is about no timeout."""
    until = None
    if read_count(data, "action_type") == MEMBER_UPDATE:
        changes = [
            as_fields(one, "changes") for one in unless_none(data, "changes", read_list) or []
        ]
        found = [one for one in changes if one.get("key") == _TIMEOUT]
        if not found:
            return None
        until = unless_none(found[0], "new_value", read_time)
    reason = data.get("reason")
    said = reason[:REASON] if isinstance(reason, str) else ""
    return AuditAct(read_snowflake(data, "id"), said, until)


def made_at(entry: Fields) -> datetime:
    """Tell when an entry was made, from its snowflake; raises ContractError."""
    milliseconds = int(read_snowflake(entry, "id")) >> 22
    try:
        return _DISCORD_EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise ContractError("id beyond the calendar") from error


def _pruned(data: Fields) -> int | None:
    """Read how many members a prune removed: a number written as text (Optional Audit Entry Info).

    None where it is not told.
    """
    options = unless_none(data, "options", lambda fields, name: as_fields(fields[name], name)) or {}
    written = options.get("members_removed")
    return int(written) if isinstance(written, str) and _NUMBER.fullmatch(written) else None


def _invite(data: Fields, action: int, at: datetime) -> InviteRow | None:
    """Read the invite from the entry's changes: new values where it was made, old where it ended.

    None where no code is among them.
    """
    told = _changes(data)
    code: InviteCode | None = unless_none(told, "code", read_code)
    if code is None:
        return None
    inviter_id = unless_none(told, "inviter_id", read_snowflake)
    channel_id = unless_none(told, "channel_id", read_snowflake)
    max_age = unless_none(told, "max_age", read_count) or 0
    made = at if action == INVITE_CREATE else None
    return InviteRow(
        code=code,
        inviter_id=None if inviter_id is None else UserId(inviter_id),
        channel_id=None if channel_id is None else ChannelId(channel_id),
        uses=unless_none(told, "uses", read_count),
        max_uses=unless_none(told, "max_uses", read_count) or 0,
        max_age=max_age,
        temporary=unless_none(told, "temporary", read_flag) or False,
        created_at=made,
        expires_at=after(made, max_age) if made and max_age else None,
    )


def _changes(data: Fields) -> dict[str, object]:
    told: dict[str, object] = {}
    for item in unless_none(data, "changes", read_list) or []:
        change = as_fields(item, "changes")
        new, old = change.get("new_value"), change.get("old_value")
        told[read_text(change, "key")] = old if new is None else new
    return told
