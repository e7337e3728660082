"""From the ledger lines of an hour to its figures. Pure.

An hour's lines are those observed in it. They may tell of hours before: a correction of the day of
joining, a leave of how long somebody stayed. Types of lines that say nothing of who came and went
are passed over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from usher.analytics.figures import ATTRIBUTED, KIND, LEFT, LOST, STAYS, Figures
from usher.analytics.joiners import Joiners
from usher.analytics.spans import HOUR, hour_of
from usher.attribution.causes import Cause, tells_more
from usher.attribution.outcomes import Kind
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import UserId
from usher.ledger.chain import booking_order
from usher.ledger.lines import LATER_WORDS, Line, LineType, withdrawn_in

MARGIN: Final = timedelta(minutes=2)
"""Lines that belong together are no further apart: why a member went is told within a minute of
the leave, and one event that two listeners saw on both sides of midnight has two lines."""

LOOKED_BACK: Final = timedelta(days=40)
"""Joins longer ago are told of no more: an import may bring years, and nobody watched them."""


def by_hour(lines: Iterable[Line]) -> dict[datetime, list[Line]]:
    """Sort lines by the hours in which they were observed."""
    hours: dict[datetime, list[Line]] = {}
    for line in lines:
        hours.setdefault(hour_of(line.timestamp), []).append(line)
    return hours


def figures_by_hour(lines: Iterable[Line]) -> dict[datetime, Figures]:
    """Count every hour that lines were observed in; those of the margin before the first too."""
    hours = by_hour(lines)
    return {
        hour: count_hour(hour, [*hours.get(hour - HOUR, ()), *its]) for hour, its in hours.items()
    }


def count_hour(hour: datetime, lines: Iterable[Line]) -> Figures:
    """Count an hour from its lines and at least those of the margin before it."""
    ordered = sorted(lines, key=booking_order)
    known = set(withdrawn_in(ordered))
    counting = _Hour()
    ends = hour + HOUR
    for line in ordered:
        if not hour - MARGIN <= line.timestamp < ends or line.event_id in known:
            continue
        known.add(line.event_id)
        counting.enter(line, own=line.timestamp >= hour)
    return counting.figures()


class _Hour:
    def __init__(self) -> None:
        self._joins: Counter[datetime] = Counter()
        self._leaves: Counter[datetime] = Counter()
        self._days: dict[date, Counter[str]] = {}
        self._joiners: set[UserId] = set()
        self._ends: dict[str, tuple[date, Cause, UserId | None]] = {}
        """Day, cause and who did it, by the event ids of leaves."""

    def enter(self, line: Line, *, own: bool) -> None:
        """Take a line; one that is not the hour's own is only known."""
        if line.word is not None and line.word.kind is Kind.BOT:
            self._bot(line, own=own)
        elif line.type is LineType.LEAVE:
            self._leave(line, own=own)
        elif line.type is LineType.LEAVE_CAUSE:
            self._cause(line, own=own)
        elif own and line.type is LineType.JOIN:
            self._join(line)
        elif own and line.type in LATER_WORDS:
            self._word(line)

    def figures(self) -> Figures:
        return Figures(
            _some(self._joins),
            _some(self._leaves),
            {day: some for day, numbers in self._days.items() if (some := _some(numbers))},
            Joiners.of(self._joiners),
        )

    def _bot(self, line: Line, *, own: bool) -> None:
        if own and line.type is LineType.JOIN and (joined_at := _joined_at(line)):
            self._add(_day(joined_at), KIND + Kind.BOT, 1)

    def _join(self, line: Line) -> None:
        joined_at = _joined_at(line)
        if joined_at is None or line.word is None:
            return
        self._joins[hour_of(joined_at)] += 1
        self._say(_day(joined_at), line.word, 1)
        if not line.imported and line.user_id is not None:
            self._joiners.add(line.user_id)

    def _word(self, line: Line) -> None:
        joined_at = _joined_at(line)
        if joined_at is None or line.word is None or line.previous is None:
            return
        self._say(_day(joined_at), line.previous, -1)
        self._say(_day(joined_at), line.word, 1)

    def _leave(self, line: Line, *, own: bool) -> None:
        day, cause = _day(line.timestamp), line.cause or Cause.UNKNOWN
        self._ends[line.event_id] = day, cause, line.by
        if not own:
            return
        self._leaves[hour_of(line.timestamp)] += 1
        self._add(day, LEFT + cause, 1)
        joined_at = _joined_at(line)
        if joined_at is not None and (stay := _stay(line.timestamp - joined_at)):
            self._add(_day(joined_at), f"{LOST}{stay}", 1)

    def _cause(self, line: Line, *, own: bool) -> None:
        if line.corrects is None or line.cause is None:
            return
        known = self._ends.get(line.corrects)
        if known is None or not tells_more(line.cause, line.by, known[1], known[2]):
            return
        day, before, _ = known
        self._ends[line.corrects] = day, line.cause, line.by
        if own:
            self._add(day, LEFT + before, -1)
            self._add(day, LEFT + line.cause, 1)

    def _say(self, day: date, word: Word, by: int) -> None:
        self._add(day, KIND + word.kind, by)
        if word.outcome is OutcomeName.ATTRIBUTED:
            self._add(day, ATTRIBUTED, by)

    def _add(self, day: date, name: str, by: int) -> None:
        self._days.setdefault(day, Counter())[name] += by


def _joined_at(line: Line) -> datetime | None:
    """Say when the membership began that a line tells of; None when that is too long ago."""
    if line.joined_at is None or line.timestamp - line.joined_at > LOOKED_BACK:
        return None
    return line.joined_at


def _stay(stayed: timedelta) -> int | None:
    return next((days for days in STAYS if stayed < timedelta(days=days)), None)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _some[K](numbers: Mapping[K, int]) -> dict[K, int]:
    return {name: number for name, number in numbers.items() if number}
