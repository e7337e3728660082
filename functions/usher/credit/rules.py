"""What a ledger line means for a member's record and for the inviters' counters. Pure.

The counters are a view over the ledger: the same lines in the same order give the same counters,
which is what `usher ledger rebuild` rests on (SPEC 2.1, 4.4). A member has at most one live credit;
`booked` says that the inviter in the record holds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from usher.attribution.causes import Cause
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.credit.queries import Tally
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line, LineType

CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""A leave observed this long before the membership began belongs to an earlier one; Discord's clock
gives the join, the listener's the leave."""

SAME_LEAVE: Final = timedelta(minutes=1)
"""Two listeners report one leave within this time."""

ALL_TIME: Final = "all"

KEEP_PERIODS: Final = timedelta(days=90)
"""How long counters of a day or a week outlive it."""


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """The latest membership of a user in a guild."""

    joined_at: datetime
    left_at: datetime | None
    """None while present."""
    word: Word
    epochs: int = 1
    """Joins seen, this one included."""
    booked: bool = False
    """The inviter's credit for it is live."""
    cause: Cause | None = None
    """Why it ended; None while present."""
    removed_by: UserId | None = None
    """Who kicked, banned or pruned them, where that is known."""


@dataclass(frozen=True, slots=True)
class Members:
    """Member records: `before` this observation, and as they are `now`.

    They differ only where an earlier try at this observation broke off in the middle of a burst.
    """

    before: Mapping[UserId, MemberRecord]
    now: Mapping[UserId, MemberRecord]


@dataclass(frozen=True, slots=True)
class Change:
    """What one line adds to the counters of an inviter and a code."""

    inviter_id: UserId | None
    moment: datetime | None
    """It counts in the periods that hold this too; None for all time alone."""
    tally: Tally
    code: InviteCode | None = None
    booked_at: datetime | None = None
    """When the line was written: what has been swept away by then is not counted in again."""


@dataclass(frozen=True, slots=True)
class Booking:
    """The record after a line, and the changes it makes."""

    record: MemberRecord | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """One row of counters: an inviter in a period, `all`, `day#2026-11-20` or `week#2026-W47`."""

    inviter_id: UserId
    period: str
    ends: datetime | None
    """End of the period; None for all time."""


def book(line: Line, record: MemberRecord | None) -> Booking:
    """Apply a line to the record of its user."""
    booking = _book(line, record)
    changes = tuple(replace(change, booked_at=line.timestamp) for change in booking.changes)
    return replace(booking, changes=changes)


def _book(line: Line, record: MemberRecord | None) -> Booking:
    match line.type:
        case LineType.JOIN:
            return _join(line, record)
        case LineType.CORRECTION | LineType.CONFIRMATION:
            return _correction(line, record)
        case LineType.LEAVE:
            return _leave(line, record)
        case LineType.LEAVE_CAUSE:
            return _cause(line, record)
        case LineType.CREDIT:
            inviter, delta = line.staff_id, line.delta
            if inviter is None or not delta:
                return Booking(record)
            moment = None if line.imported else line.timestamp
            return Booking(record, (Change(inviter, moment, Tally(tracked=delta)),))
        case LineType.GRANT:
            # Boards of a day or a week show who brought members then; a grant is no join.
            if line.staff_id is None or not line.delta:
                return Booking(record)
            return Booking(record, (Change(line.staff_id, None, Tally(added=line.delta)),))
        case LineType.SETTING | LineType.UPGRADE:
            return Booking(record)
        case _:
            assert_never(line.type)


def inviter_of(word: Word | None) -> UserId | None:
    """Whose credit a join is; nobody's unless attributed."""
    if word is None or word.outcome is not OutcomeName.ATTRIBUTED:
        return None
    return word.inviter_id


def code_of(word: Word | None) -> InviteCode | None:
    """By which single code a join was; none unless attributed to it."""
    if word is None or word.outcome is not OutcomeName.ATTRIBUTED:
        return None
    return word.code


def ended_by(record: MemberRecord | None, at: datetime) -> MemberRecord | None:
    """Which known membership a leave ends; None when that one is not known."""
    if record is None or at < record.joined_at - CLOCKS_DIFFER:
        return None
    if record.left_at is not None and at > record.left_at + SAME_LEAVE:
        return None  # the member came back unseen
    return record


def counters(changes: Iterable[Change]) -> dict[Counter, Tally]:
    """Sum changes up by inviter and period, leaving out what cancels."""
    sums: dict[Counter, Tally] = {}
    for change in changes:
        if change.inviter_id is None:
            continue
        for period, ends in _periods(change):
            counter = Counter(change.inviter_id, period, ends)
            sums[counter] = sums.get(counter, Tally()) + change.tally
    return {counter: tally for counter, tally in sums.items() if tally != Tally()}


def _join(line: Line, record: MemberRecord | None) -> Booking:
    if line.joined_at is None or line.word is None:
        return Booking(record)
    inviter = inviter_of(line.word)
    if record is not None and line.joined_at <= record.joined_at:
        if line.joined_at == record.joined_at:
            return Booking(record)
        # A membership before the one known: it ended, or there would be no later one.
        late = replace(record, epochs=record.epochs + 1)
        return Booking(late, _credit(line.word, line.joined_at, ended=True, by=1))
    changes = _credit(line.word, line.joined_at, ended=False, by=1)
    if record is not None:
        changes = (*_reverse(record), *changes)  # its leave was missed
    epochs = 1 if record is None else record.epochs + 1
    return Booking(
        MemberRecord(line.joined_at, None, line.word, epochs, booked=inviter is not None), changes
    )


def _correction(line: Line, record: MemberRecord | None) -> Booking:
    if record is None or line.joined_at is None or line.word is None:
        return Booking(record)
    if line.joined_at > record.joined_at:
        return Booking(record)
    current = line.joined_at == record.joined_at
    before, after = record.word if current else line.previous, line.word
    ended = not current or record.left_at is not None
    changes: tuple[Change, ...] = ()
    if _whose(before) != _whose(after):
        changes = (
            *_credit(before, line.joined_at, ended=ended, by=-1),
            *_credit(after, line.joined_at, ended=ended, by=1),
        )
    if not current:
        return Booking(record, changes)
    booked = inviter_of(after) is not None and not ended
    return Booking(replace(record, word=line.word, booked=booked), changes)


def _leave(line: Line, record: MemberRecord | None) -> Booking:
    if record is None or record.left_at is not None or line.joined_at != record.joined_at:
        return Booking(record)
    ended = replace(
        record,
        left_at=line.timestamp,
        booked=False,
        cause=line.cause or Cause.UNKNOWN,
        removed_by=line.by,
    )
    return Booking(ended, _reverse(record))


def _cause(line: Line, record: MemberRecord | None) -> Booking:
    """A later word on a leave: its credit was reversed with it, whatever the cause."""
    if record is None or record.left_at is None or line.joined_at != record.joined_at:
        return Booking(record)
    return Booking(replace(record, cause=line.cause, removed_by=line.by))


def _whose(word: Word | None) -> tuple[UserId | None, InviteCode | None]:
    return inviter_of(word), code_of(word)


def _credit(word: Word | None, moment: datetime, *, ended: bool, by: int) -> tuple[Change, ...]:
    """Book the join of a membership, or take it back: both sides of it when it has ended."""
    inviter, code = _whose(word)
    if inviter is None and code is None:
        return ()
    return (Change(inviter, moment, Tally(tracked=by, left=by if ended else 0), code),)


def _reverse(record: MemberRecord) -> tuple[Change, ...]:
    if record.left_at is not None:
        return ()
    inviter, code = inviter_of(record.word) if record.booked else None, code_of(record.word)
    if inviter is None and code is None:
        return ()
    return (Change(inviter, record.joined_at, Tally(left=1), code),)


def _periods(change: Change) -> Iterable[tuple[str, datetime | None]]:
    """Name the periods whose counters a change concerns, with their ends."""
    yield ALL_TIME, None
    if change.moment is None:
        return
    midnight = change.moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    year, week, weekday = midnight.isocalendar()
    for period, ends in (
        (f"day#{midnight.date().isoformat()}", midnight + timedelta(days=1)),
        (f"week#{year}-W{week:02}", midnight + timedelta(days=8 - weekday)),
    ):
        if change.booked_at is None or change.booked_at < ends + KEEP_PERIODS:
            yield period, ends
