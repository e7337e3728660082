"""What a ledger line means for a member's record and for the inviters' counters. Pure.

The same lines in the same order give the same records and counters, which is what `usher ledger
rebuild` rests on (SPEC 2.1, 4.4).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from usher.attribution.causes import Cause
from usher.attribution.wording import Word
from usher.credit.queries import Tally
from usher.credit.rules import Booking, Change, MemberRecord, Past, code_of, inviter_of
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line, LineType

MOST_EARLIER: Final = 20


@dataclass(frozen=True, slots=True)
class Stand:
    """How a membership counts: `tracked` once, and as `fake` or, when it has ended, as `left`."""

    ended: bool
    fake: bool
    untracked: bool


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
        case LineType.CREDIT | LineType.GRANT:
            return Booking(record, _given(line))
        case LineType.VERDICT:
            return _verdict(line, record)
        case LineType.SETTING | LineType.UPGRADE | LineType.WITHDRAWAL:
            return Booking(record)
        case _:
            assert_never(line.type)


def _given(line: Line) -> tuple[Change, ...]:
    """Book credit without a pairing, and what an admin added."""
    if line.staff_id is None or not line.delta:
        return ()
    if line.type is LineType.GRANT:
        # Boards of a day or a week show who brought members then; a grant is no join.
        return (Change(line.staff_id, None, Tally(added=line.delta)),)
    moment = None if line.imported else line.timestamp
    return (Change(line.staff_id, moment, Tally(tracked=line.delta)),)


def _join(line: Line, record: MemberRecord | None) -> Booking:
    if line.joined_at is None or line.word is None:
        return Booking(record)
    stand = Stand(ended=False, fake=bool(line.verdict), untracked=line.untracked)
    if record is not None and line.joined_at <= record.joined_at:
        if line.joined_at == record.joined_at:
            return Booking(record)
        # A membership before the one known: it ended, or there would be no later one.
        stand = replace(stand, ended=True)
        earlier = _earlier(record.earlier, line.joined_at, stand)
        late = replace(record, epochs=record.epochs + 1, earlier=earlier)
        return Booking(late, _credit(line.word, line.joined_at, stand, by=1))
    changes = _credit(line.word, line.joined_at, stand, by=1)
    epochs, earlier = 1, ()
    if record is not None:
        changes = (*_reverse(record), *changes)  # its leave was missed
        epochs, earlier = record.epochs + 1, _earlier(record.earlier, record.joined_at, _of(record))
    new = MemberRecord(
        joined_at=line.joined_at,
        left_at=None,
        word=line.word,
        epochs=epochs,
        verdict=line.verdict or (),
        untracked=line.untracked,
        has_avatar=line.has_avatar,
        returned=line.returned,
        lacks=line.lacks,
        earlier=earlier,
    )
    return Booking(_booked(new), changes)


def _correction(line: Line, record: MemberRecord | None) -> Booking:
    if record is None or line.joined_at is None or line.word is None:
        return Booking(record)
    if line.joined_at > record.joined_at:
        return Booking(record)
    current = line.joined_at == record.joined_at
    before = record.word if current else line.previous
    was = _of(record) if current else _past(record, line.joined_at)
    stand = was if line.verdict is None else replace(was, fake=bool(line.verdict))
    changes: tuple[Change, ...] = ()
    if _whose(before) != _whose(line.word) or stand != was:
        changes = (
            *_credit(before, line.joined_at, was, by=-1),
            *_credit(line.word, line.joined_at, stand, by=1),
        )
    if not current:
        earlier = _earlier(record.earlier, line.joined_at, stand)
        return Booking(replace(record, earlier=earlier), changes)
    verdict = record.verdict if line.verdict is None else line.verdict
    return Booking(_booked(replace(record, word=line.word, verdict=verdict)), changes)


def _leave(line: Line, record: MemberRecord | None) -> Booking:
    if record is None or record.left_at is not None or line.joined_at != record.joined_at:
        return _verdict_of_before(line, record)
    judged = record if line.verdict is None else replace(record, verdict=line.verdict)
    ended = replace(
        judged,
        left_at=line.timestamp,
        booked=False,
        cause=line.cause or Cause.UNKNOWN,
        removed_by=line.by,
    )
    return Booking(ended, (*_rejudged(record, judged), *_reverse(_booked(judged))))


def _cause(line: Line, record: MemberRecord | None) -> Booking:
    """A later word on a leave: its credit was reversed with it, whatever the cause."""
    if record is None or record.left_at is None or line.joined_at != record.joined_at:
        return Booking(record)
    return Booking(replace(record, cause=line.cause, removed_by=line.by))


def _verdict(line: Line, record: MemberRecord | None) -> Booking:
    """A later word on whether the latest membership is fake, present or ended."""
    if record is None or line.verdict is None or line.joined_at != record.joined_at:
        return _verdict_of_before(line, record)
    judged = replace(record, verdict=line.verdict, lacks=line.lacks)
    return Booking(_booked(judged), _rejudged(record, judged))


def _verdict_of_before(line: Line, record: MemberRecord | None) -> Booking:
    """Judge a membership before the one known, which was the latest when it was judged.

    The join of the one known was booked after that, but stands before it in the ledger's order.
    """
    moment, verdict = line.joined_at, line.verdict
    if record is None or moment is None or verdict is None or moment >= record.joined_at:
        return Booking(record)
    was = _past(record, moment)
    stand = replace(was, fake=bool(verdict))
    if stand == was:
        return Booking(record)
    changes = (
        *_credit(line.word, moment, was, by=-1),
        *_credit(line.word, moment, stand, by=1),
    )
    earlier = _earlier(record.earlier, moment, stand)
    return Booking(replace(record, earlier=earlier), changes)


def _of(record: MemberRecord) -> Stand:
    return Stand(record.left_at is not None, bool(record.verdict), record.untracked)


def _past(record: MemberRecord, joined_at: datetime) -> Stand:
    for past in record.earlier:
        if past.joined_at == joined_at:
            return Stand(ended=True, fake=past.fake, untracked=past.untracked)
    return Stand(ended=True, fake=False, untracked=False)


def _earlier(known: tuple[Past, ...], joined_at: datetime, stand: Stand) -> tuple[Past, ...]:
    """Remember how a membership counts that is not the latest, where that is out of the ordinary.

    Words come late by hours (`KEEP_GROUP`), so that the latest ones suffice.
    """
    kept = [past for past in known if past.joined_at != joined_at]
    if stand.fake or stand.untracked:
        kept.append(Past(joined_at, stand.fake, stand.untracked))
    return tuple(sorted(kept, key=lambda past: past.joined_at)[-MOST_EARLIER:])


def _booked(record: MemberRecord) -> MemberRecord:
    live = record.left_at is None and not record.verdict and not record.untracked
    return replace(record, booked=live and inviter_of(record.word) is not None)


def _rejudged(before: MemberRecord, after: MemberRecord) -> tuple[Change, ...]:
    """Move a membership between fake and not, in the periods in which it was counted."""
    if bool(before.verdict) == bool(after.verdict):
        return ()
    return (
        *_credit(before.word, before.joined_at, _of(before), by=-1),
        *_credit(after.word, after.joined_at, _of(after), by=1),
    )


def _whose(word: Word | None) -> tuple[UserId | None, InviteCode | None]:
    return inviter_of(word), code_of(word)


def _credit(word: Word | None, moment: datetime, stand: Stand, *, by: int) -> tuple[Change, ...]:
    """Book a membership, or take it back: all sides of it. Codes are counted whatever it is."""
    inviter, code = _whose(word)
    left = by if stand.ended else 0
    changes: tuple[Change, ...] = ()
    if inviter is not None and not stand.untracked:
        wrong = Tally(fake=by) if stand.fake else Tally(left=left)
        changes = (Change(inviter, moment, Tally(tracked=by) + wrong),)
    if code is not None:
        changes = (*changes, Change(None, moment, Tally(tracked=by, left=left), code))
    return changes


def _reverse(record: MemberRecord) -> tuple[Change, ...]:
    """End a membership: its live credit, and its presence among its code's."""
    if record.left_at is not None:
        return ()
    inviter, code = inviter_of(record.word) if record.booked else None, code_of(record.word)
    changes: tuple[Change, ...] = ()
    if inviter is not None:
        changes = (Change(inviter, record.joined_at, Tally(left=1)),)
    if code is not None:
        changes = (*changes, Change(None, record.joined_at, Tally(left=1), code))
    return changes
