"""The hourly check of one guild: compared, repaired where that is safe, reported once (SPEC 11.5).

Every step may be repeated. What is to be repaired is written down before it is sent, so that a
repair that helps nothing ends after some tries; what is reported is written down as told after it
was, so that nothing goes unsaid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.ids import GuildId
from usher.integrity.inside import Inside
from usher.integrity.judging import Judgement, judge
from usher.integrity.model import NO_DRIFT, Found, Kind, Known, Progress
from usher.integrity.outside import Outside
from usher.integrity.ports import HeadSeen, MovedError, Notes, Table
from usher.integrity.unbooked import OVERLAP, Unbooked
from usher.integrity.whole import Whole

SMALL: Final = 20_000
"""Lines of a guild that costs nothing worth counting to compare whole."""
LARGE: Final = 500_000
"""Lines that do not fit the function's memory; `usher integrity` compares such a guild."""
DAILY: Final = timedelta(hours=23, minutes=30)
WEEKLY: Final = timedelta(days=6, hours=23)
HOURLY: Final = timedelta(minutes=45)


class Mending(Protocol):
    """Repairs. Methods may raise errors of AWS."""

    def mend(self, guild_id: GuildId, found: Sequence[Found], now: datetime) -> int:
        """Have differences repaired; return how many repairs were sent. Again changes nothing."""
        ...


class Telling(Protocol):
    """Reports. Methods may raise errors of AWS."""

    def tell(self, guild_id: GuildId, judged: Judgement) -> None:
        """Report what is new and what is solved."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check of a guild came to."""

    open: int = 0
    """Differences that were reported and last."""
    mended: int = 0
    lines: int = 0
    whole: bool = False
    """Everything was compared."""
    too_large: bool = False
    hushed: bool = False
    """Discord asks to be left alone."""


@dataclass(slots=True)
class _Seen:
    found: dict[tuple[Kind, str], Found] = field(default_factory=dict)
    looked: set[Kind] = field(default_factory=lambda: {Kind.UNBOOKED, Kind.OVERDUE})

    def add(self, found: Sequence[Found]) -> None:
        for one in found:
            self.found.setdefault(one.key, one)


@dataclass(frozen=True, slots=True)
class Integrity:
    """Checks guilds. Methods may raise errors of AWS, LineError and ChainError."""

    table: Table
    notes: Notes
    unbooked: Unbooked
    whole: Whole
    inside: Inside
    outside: Outside
    mending: Mending
    telling: Telling
    clock: Callable[[], datetime]

    def check(
        self,
        guild_id: GuildId,
        progress: Progress | None,
        overdue: Sequence[tuple[str, datetime]] = (),
        *,
        asks: bool = True,
        has_time: bool = True,
    ) -> Outcome:
        """Check a guild. `asks`: Discord may be asked. `has_time`: for comparing it whole."""
        head, now = self.table.head(guild_id), self.clock()
        if head is None:
            return Outcome()
        # The first time nothing is looked up: a table that was rebuilt has rows and no marks.
        before = progress or Progress(now, now + OVERLAP)
        known = self.notes.known(guild_id)
        seen = _Seen()
        lines = self.unbooked.check(guild_id, before.seen)
        seen.add(lines.found)
        seen.add(self.unbooked.again(known))
        seen.add([_overdue(key, at) for key, at in overdue])
        size = self.whole.size(guild_id)
        too_large = size > LARGE
        whole_at = before.whole_at
        if has_time and not too_large and _is_due(before, size, known, now):
            whole_at = self._compare_whole(guild_id, seen, now) or whole_at
        after, hushed = before.after, False
        if asks:
            after, hushed = self._ask(guild_id, head, before.after, known, seen)
        judged = judge(seen.found.values(), known, seen.looked, now)
        mended = self._act(guild_id, judged, now)
        count = _drift(known, judged)
        seen_until = before.seen if progress is None else lines.seen
        asked_at = now if asks and not hushed else before.asked_at
        done = Progress(now, seen_until, whole_at, after, count, mended, asked_at)
        self.notes.advance(guild_id, done)
        return Outcome(count, mended, lines.lines, whole_at == now, too_large, hushed)

    def _compare_whole(self, guild_id: GuildId, seen: _Seen, now: datetime) -> datetime | None:
        """Compare everything; None where the guild moved too much for it: the next hour tries."""
        unbooked = frozenset(one for kind, one in seen.found if kind is Kind.UNBOOKED)
        try:
            found = [*self.whole.compare(guild_id, unbooked), *self.inside.check(guild_id)]
        except MovedError:
            return None
        seen.add(found)
        seen.looked |= {Kind.ROW, Kind.BOARD, Kind.ORPHAN}
        return now

    def _ask(
        self, guild_id: GuildId, head: HeadSeen, after: str, known: list[Known], seen: _Seen
    ) -> tuple[str, bool]:
        asked = self.outside.check(guild_id, head, after, known)
        seen.add(asked.found)
        seen.looked |= asked.looked
        return asked.after, asked.hushed

    def _act(self, guild_id: GuildId, judged: Judgement, now: datetime) -> int:
        self.notes.keep(guild_id, judged.keep)
        mended = self.mending.mend(guild_id, judged.mend, now) if judged.mend else 0
        if judged.tell or judged.solved or judged.healed:
            self.telling.tell(guild_id, judged)
        if judged.tell:
            self.notes.keep(guild_id, [replace(one, told=True) for one in judged.tell])
        return mended


def _drift(known: Sequence[Known], judged: Judgement) -> int:
    """Count the differences that are reported and last."""
    told = {one.key for one in judged.tell}
    still = {one.key: one for one in [*known, *judged.keep]}
    return sum(
        one.solved is None and (one.told or key in told) and one.kind not in NO_DRIFT
        for key, one in still.items()
    )


def _overdue(key: str, at: datetime) -> Found:
    return Found(Kind.OVERDUE, key, f"due since {at:%Y-%m-%d %H:%M} UTC")


def _is_due(progress: Progress, size: int, known: Sequence[Known], now: datetime) -> bool:
    """Whether a guild is to be compared whole: each week, small ones each day.

    Where something differs it is looked at sooner again: that it is solved is news.
    """
    if progress.whole_at is None:
        return True
    differs = any(one.kind in (Kind.ROW, Kind.BOARD, Kind.ORPHAN) for one in known)
    usual, sooner = (DAILY, HOURLY) if size <= SMALL else (WEEKLY, DAILY)
    pause = sooner if differs else usual
    return now - progress.whole_at >= pause
