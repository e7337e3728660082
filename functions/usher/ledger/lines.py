"""The lines of the ledger: what was recorded, in ids only (SPEC 4.1, DESIGN 10).

A line's event id follows from what happened, never from who saw it or when it was written, so that
the same event always gives the same id.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import GuildId, InviteCode, UserId
from usher.times import format_time, parse_time

LINE_VERSION: Final = 1
EVENT_ID_DIGITS: Final = 32


class LineType(StrEnum):
    """What a line records."""

    JOIN = "join"
    CORRECTION = "correction"
    """A later word on a join; the line it corrects stays."""
    CONFIRMATION = "confirmation"
    """A stronger proof of the word that was given before."""
    LEAVE = "leave"
    LEAVE_CAUSE = "leave_cause"
    """A later word on why a member went; the leave it is about stays."""
    CREDIT = "credit"
    """Credit without a pairing (SPEC 1.3)."""
    GRANT = "grant"
    """Invites that an admin added to a member or took away."""
    SETTING = "setting"
    """A setting of the guild that an admin changed."""
    UPGRADE = "upgrade"
    """A member's VIP upgrade, for the staff member who brought them."""


LATER_WORDS: Final = frozenset({LineType.CORRECTION, LineType.CONFIRMATION})


class LineError(RuntimeError):
    """An object of the ledger is not a line; `what` says why."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `staff_id` of its word is the inviter, or VANITY; what is unknown is None."""

    type: LineType
    event_id: str
    timestamp: datetime
    """When the event was observed."""
    guild_id: GuildId
    user_id: UserId | None
    joined_at: datetime | None
    """The membership concerned: with guild and user the identity of a join (SPEC 1.8)."""
    word: Word | None
    """A join's or correction's outcome; on a leave, what was known of the membership."""
    corrects: str | None = None
    """Corrections and confirmations: event id of the join. Causes of leaves: of the leave."""
    previous: Word | None = None
    """Corrections and confirmations: the word before."""
    credit_reversed_from: UserId | None = None
    """Leaves: whose live credit ends."""
    delta: int | None = None
    """Credit and grants: how much, for the member in `staff_id`."""
    staff_id: UserId | None = None
    """Credit: the inviter. Grants: the member. Upgrades: for whom. Elsewhere it is the word's."""
    by: UserId | None = None
    """Leaves and their causes: who removed the member. Grants, settings, upgrades: who did it."""
    name: str | None = None
    """Settings: which one. Upgrades: under which name the table remembers it for ever."""
    value: str | None = None
    """Settings: its new value; None for the default. Upgrades: IB link and code at the time."""
    recovered: bool = False
    """Joins: found after an absence of the listener, not seen. Leaves: not seen, concluded."""
    cause: Cause | None = None
    """Leaves and their causes: why the member went."""
    imported: bool = False
    """Joins: told by an import, not seen. Credit: by use count, for joins of no known day."""
    code: InviteCode | None = None
    """Credit that is imported: the code whose uses were counted. Elsewhere it is the word's."""
    seq: tuple[int, int] | None = None
    """When it was booked: the version of the guild's head that it was recorded for, and its place
    among the lines of that observation. None on lines that were written without."""


def event_id(*parts: str) -> str:
    """Name an event by what happened."""
    return sha256("|".join(parts).encode()).hexdigest()[:EVENT_ID_DIGITS]


def join_id(guild_id: GuildId, user_id: UserId, joined_at: datetime) -> str:
    """Name a join."""
    return event_id("join", guild_id, user_id, format_time(joined_at))


def leave_id(guild_id: GuildId, user_id: UserId, moment: datetime) -> str:
    """Name the end of the membership that began at `moment`; of an unknown one, by the leave."""
    return event_id("leave", guild_id, user_id, format_time(moment))


def leave_cause_id(
    guild_id: GuildId, user_id: UserId, moment: datetime, cause: Cause, by: UserId | None
) -> str:
    """Name a later word on the leave that `leave_id` names by the same moment."""
    return event_id("leave_cause", guild_id, user_id, format_time(moment), cause.value, by or "")


def correction_id(
    guild_id: GuildId, user_id: UserId, joined_at: datetime, word: Word, observation_id: str
) -> str:
    """Name a later word on a join."""
    said = json.dumps(word_fields(word), sort_keys=True, separators=(",", ":"))
    return event_id("correction", guild_id, user_id, format_time(joined_at), said, observation_id)


def credit_id(group_id: str, inviter_id: UserId, observation_id: str) -> str:
    """Name a credit without a pairing."""
    return event_id("credit", group_id, inviter_id, observation_id)


def deed_id(guild_id: GuildId, deed: str) -> str:
    """Name what an admin did by the interaction in which they did it."""
    return event_id("deed", guild_id, deed)


def write_line(line: Line) -> bytes:
    """Write a line as one JSON object with a newline, its fields in a fixed order."""
    fields: dict[str, object] = {
        "v": LINE_VERSION,
        "type": line.type.value,
        "event_id": line.event_id,
        "timestamp": format_time(line.timestamp),
        "guild_id": line.guild_id,
        "user_id": line.user_id,
        "joined_at": None if line.joined_at is None else format_time(line.joined_at),
        **word_fields(line.word),
        "seq": line.seq,
    }
    match line.type:
        case LineType.CORRECTION | LineType.CONFIRMATION:
            fields |= {"corrects": line.corrects, "previous": word_fields(line.previous)}
        case LineType.LEAVE:
            fields["credit_reversed_from"] = line.credit_reversed_from
            fields |= {"cause": line.cause, "by": line.by, "recovered": line.recovered}
        case LineType.LEAVE_CAUSE:
            fields |= {"corrects": line.corrects, "cause": line.cause, "by": line.by}
        case LineType.CREDIT:
            fields |= {"staff_id": line.staff_id, "delta": line.delta}
            fields |= {"invite_code": line.code, "imported": line.imported}
        case LineType.GRANT:
            fields |= {"staff_id": line.staff_id, "delta": line.delta, "by": line.by}
        case LineType.SETTING:
            fields |= {"name": line.name, "value": line.value, "by": line.by}
        case LineType.UPGRADE:
            fields |= {"name": line.name, "value": line.value, "by": line.by}
            fields["staff_id"] = line.staff_id
        case LineType.JOIN:
            fields |= {"recovered": line.recovered, "imported": line.imported}
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def read_line(content: bytes) -> Line:
    """Read what `write_line` wrote; raises LineError for anything else."""
    try:
        fields = json.loads(content)
        if fields["v"] != LINE_VERSION:
            raise LineError(f"line version {fields['v']!r}")
        return _line(fields)
    except (KeyError, TypeError, ValueError) as error:
        raise LineError(f"not a line: {type(error).__name__}") from error


def _line(fields: Mapping[str, object]) -> Line:
    type_ = LineType(str(fields["type"]))
    code = _text(fields["invite_code"]) if type_ is LineType.CREDIT else None
    previous = fields.get("previous")
    delta, cause = fields.get("delta"), fields.get("cause")
    return Line(
        type=type_,
        event_id=str(fields["event_id"]),
        timestamp=parse_time(str(fields["timestamp"])),
        guild_id=GuildId(str(fields["guild_id"])),
        user_id=_user(fields["user_id"]),
        joined_at=None if fields["joined_at"] is None else parse_time(str(fields["joined_at"])),
        word=read_word(fields),
        corrects=_text(fields.get("corrects")),
        previous=read_word(previous) if isinstance(previous, Mapping) else None,
        credit_reversed_from=_user(fields.get("credit_reversed_from")),
        delta=delta if isinstance(delta, int) else None,
        staff_id=_user(fields["staff_id"]) if type_ in _GIVING else None,
        recovered=fields.get("recovered") is True,
        by=_user(fields.get("by")),
        name=_text(fields.get("name")),
        value=_text(fields.get("value")),
        cause=None if cause is None else Cause(str(cause)),
        imported=fields.get("imported") is True,
        code=None if code is None else InviteCode(code),
        seq=_pair(fields.get("seq")),
    )


def word_fields(word: Word | None) -> dict[str, object]:
    """Write a word as the fields of a line, all null for None."""
    if word is None:
        return dict.fromkeys(_WORD_FIELDS)
    return {
        "outcome": word.outcome.value,
        "kind": word.kind.value,
        "invite_code": word.code,
        "staff_id": word.inviter_id,
        "uses_before": word.uses_before,
        "uses_after": word.uses_after,
        "confidence": word.confidence.value,
        "method": None if word.method is None else word.method.value,
        "candidates": list(word.candidates),
        "reason": None if word.reason is None else word.reason.value,
    }


def read_word(fields: Mapping[str, object]) -> Word | None:
    """Read what `word_fields` wrote; raises KeyError and ValueError."""
    if fields["outcome"] is None:
        return None
    method, reason, candidates = fields["method"], fields["reason"], fields["candidates"]
    code = _text(fields["invite_code"])
    return Word(
        outcome=OutcomeName(str(fields["outcome"])),
        kind=Kind(str(fields["kind"])),
        code=None if code is None else InviteCode(code),
        inviter_id=_user(fields["staff_id"]),
        confidence=Confidence(str(fields["confidence"])),
        method=None if method is None else Method(str(method)),
        candidates=tuple(
            InviteCode(str(code)) for code in (candidates if isinstance(candidates, list) else ())
        ),
        reason=None if reason is None else Reason(str(reason)),
        uses_before=_number(fields["uses_before"]),
        uses_after=_number(fields["uses_after"]),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _user(value: object) -> UserId | None:
    return UserId(value) if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _pair(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    match value:
        case [int(version), int(place)]:
            return version, place
    raise ValueError("seq")


_GIVING: Final = frozenset({LineType.CREDIT, LineType.GRANT, LineType.UPGRADE})

_WORD_FIELDS: Final = (
    "outcome",
    "kind",
    "invite_code",
    "staff_id",
    "uses_before",
    "uses_after",
    "confidence",
    "method",
    "candidates",
    "reason",
)
