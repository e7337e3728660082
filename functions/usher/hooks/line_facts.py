"""What webhooks tell of the event worker's ledger lines. Pure.

Which lines an observation wrote, and whose credit each of them moved, stands on its mark until it
is told; what each line says is read from the ledger again where the telling was cut off.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.contracts.hook_event import HookEvent, HookType, hook_id
from usher.contracts.wire import EPOCH, MICROSECOND
from usher.credit.booking import book
from usher.credit.rules import MemberRecord, inviter_of
from usher.ids import VANITY, UserId
from usher.ledger.lines import Line, LineType
from usher.times import format_time

_SILENT: Final = frozenset(
    {LineType.SETTING, LineType.UPGRADE, LineType.LEAVE_CAUSE, LineType.WITHDRAWAL}
)
_REASONS: Final = {
    LineType.JOIN: "join",
    LineType.CORRECTION: "attribution_revised",
    LineType.CONFIRMATION: "attribution_revised",
    LineType.LEAVE: "left",
    LineType.CREDIT: "unpaired_use",
    LineType.GRANT: "granted_by_admin",
    LineType.VERDICT: "fake_verdict",
}


@dataclass(frozen=True, slots=True)
class Move:
    """Credit that a line gave to a member, or took away."""

    inviter_id: UserId
    amount: int


@dataclass(frozen=True, slots=True)
class Telling:
    """One line that is to be told of."""

    event_id: str
    timestamp: datetime
    moves: tuple[Move, ...] = ()


def tellings(lines: Iterable[Line], before: Mapping[UserId, MemberRecord]) -> tuple[Telling, ...]:
    """Say which lines are to be told of; `before` are the members as they were before all of them.

    What an import writes of the past is no news.
    """
    records = dict(before)
    told: list[Telling] = []
    for line in lines:
        booking = book(line, None if line.user_id is None else records.get(line.user_id))
        if line.user_id is not None and booking.record is not None:
            records[line.user_id] = booking.record
        moves: dict[UserId, int] = {}
        for change in booking.changes:
            who = change.inviter_id
            if who is not None and who != VANITY:
                moves[who] = moves.get(who, 0) + change.tally.effective
        moved = tuple(Move(who, amount) for who, amount in moves.items() if amount)
        silent = line.type in _SILENT or line.imported
        if not silent and (moved or _kinds(line)):
            told.append(Telling(line.event_id, line.timestamp, moved))
    return tuple(told)


def events_of(lines: Iterable[Line], told: Sequence[Telling]) -> Iterator[HookEvent]:
    """Write what lines tell, in their order."""
    by_id = {line.event_id: line for line in lines}
    for telling in told:
        line = by_id[telling.event_id]
        for kind in _kinds(line):
            yield _event(kind, line, _data(kind, line))
        for move in telling.moves:
            yield _credit(line, move)


def write_tellings(told: Sequence[Telling]) -> str | None:
    """Write what is to be told as compact text; None for nothing."""
    rows = [
        [
            one.event_id,
            (one.timestamp - EPOCH) // MICROSECOND,
            *([move.inviter_id, move.amount] for move in one.moves),
        ]
        for one in told
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else None


def read_tellings(text: str | None) -> tuple[Telling, ...]:
    """Read what `write_tellings` wrote."""
    return tuple(
        Telling(
            event_id,
            EPOCH + at * MICROSECOND,
            tuple(Move(UserId(who), amount) for who, amount in moves),
        )
        for event_id, at, *moves in json.loads(text or "[]")
    )


def _kinds(line: Line) -> tuple[HookType, ...]:
    match line.type:
        case LineType.JOIN if _attributed(line.word):
            return HookType.JOIN_RECORDED, HookType.JOIN_ATTRIBUTED
        case LineType.JOIN:
            return (HookType.JOIN_RECORDED,)
        case LineType.CORRECTION | LineType.CONFIRMATION if _who(line.previous) != _who(line.word):
            first = _attributed(line.word) and not _attributed(line.previous)
            return (HookType.JOIN_ATTRIBUTED if first else HookType.ATTRIBUTION_REVISED,)
        case LineType.LEAVE:
            return (HookType.MEMBER_LEFT,)
        case _:
            return ()


def _data(kind: HookType, line: Line) -> dict[str, object]:
    told: dict[str, object] = {**_membership(line), **_said(line.word)}
    if kind is HookType.JOIN_RECORDED:
        told |= {
            "returned": line.returned,
            "recovered": line.recovered,
            "fake": bool(line.verdict),
            "untracked": line.untracked,
        }
    if kind is HookType.ATTRIBUTION_REVISED:
        told["previous"] = _said(line.previous)
    if kind is HookType.MEMBER_LEFT:
        told |= {
            "left_at": format_time(line.timestamp),
            "cause": None if line.cause is None else line.cause.value,
            "removed_by": line.by,
        }
    return told


def _membership(line: Line) -> dict[str, object]:
    return {
        "guild_id": line.guild_id,
        "user_id": line.user_id,
        "joined_at": None if line.joined_at is None else format_time(line.joined_at),
        "ledger_event_id": line.event_id,
    }


def _said(word: Word | None) -> dict[str, object]:
    """Tell a word; all is null where nothing was said."""
    return {
        "outcome": None if word is None else word.outcome.value,
        "kind": None if word is None else word.kind.value,
        "code": None if word is None else word.code,
        "inviter_id": None if (who := inviter_of(word)) == VANITY else who,
        "confidence": None if word is None else word.confidence.value,
        "method": None if word is None or word.method is None else word.method.value,
    }


def _who(word: Word | None) -> tuple[object, ...]:
    if word is None:
        return ()
    return word.outcome, word.kind, word.code, word.inviter_id


def _attributed(word: Word | None) -> bool:
    return word is not None and word.outcome is OutcomeName.ATTRIBUTED


def _credit(line: Line, move: Move) -> HookEvent:
    kind = HookType.CREDIT_GRANTED if move.amount > 0 else HookType.CREDIT_REVERSED
    data = {
        **_membership(line),
        "inviter_id": move.inviter_id,
        "amount": abs(move.amount),
        "reason": _REASONS[line.type],
    }
    return _event(kind, line, data, move.inviter_id)


def _event(kind: HookType, line: Line, data: dict[str, object], *more: str) -> HookEvent:
    id_ = hook_id(kind, line.guild_id, line.event_id, *more)
    return HookEvent(id_, kind, line.guild_id, line.timestamp, data)
