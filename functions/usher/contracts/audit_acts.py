"""What an audit log entry says of an act against a member: part of `AuditEntry`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.wire import Fields, as_fields, read_text, read_time, unless_none
from usher.times import format_time

REASON: Final = 400
"""Characters of a reason that are told."""
KICK: Final = 20
BAN: Final = 22
UNBAN: Final = 23
MEMBER_UPDATE: Final = 24
"""Discord's audit log events; the last is told where a timeout was given or taken."""


@dataclass(frozen=True, slots=True)
class AuditAct:
    """A kick, a ban or its end, a timeout or its end."""

    entry_id: str
    """Names the act."""
    reason: str = ""
    until: datetime | None = None
    """Of a timeout; None for its end."""


def write_act(act: AuditAct | None) -> Fields | None:
    """Write an act."""
    if act is None:
        return None
    until = None if act.until is None else format_time(act.until)
    return {"entry_id": act.entry_id, "reason": act.reason, "until": until}


def read_act(written: object) -> AuditAct | None:
    """Read what `write_act` wrote; raises ContractError."""
    if written is None:
        return None
    fields = as_fields(written, "act")
    reason = fields.get("reason")
    return AuditAct(
        read_text(fields, "entry_id"),
        reason if isinstance(reason, str) else "",
        unless_none(fields, "until", read_time),
    )
