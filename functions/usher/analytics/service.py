"""Rolling the ledger up: hours that have new lines are counted again whole, and what holds them.

Nothing is ever added to a row, so that every step may be repeated, and a guild whose rows are lost
is counted again from its first week.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import Final

from usher.analytics.counting import Counting
from usher.analytics.figures import Figures, total
from usher.analytics.ports import Boards, Progress, RollupRows
from usher.analytics.rules import LOOKED_BACK, figures_by_hour
from usher.analytics.spans import DAY, HOUR, WEEK, midnight, week_of
from usher.credit.places import MOST_RANKED
from usher.credit.queries import Period, span_of
from usher.ids import GuildId
from usher.ledger.reader import LedgerReader

HOURS_KEPT: Final = timedelta(days=60)
"""How long rows of hours are kept: longer than late lines are looked for; days are their sums."""

OVERLAP: Final = timedelta(minutes=15)
"""How much of what a run has seen the next one sees again: S3 dates objects by its own clock."""

PLACES_KEPT: Final = timedelta(days=30)

GUILDS_AT_ONCE: Final = 256


class OutOfTimeError(Exception):
    """The time given is over; the next run goes on where this one ended."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A guild with something new in its ledger, or perhaps new."""

    guild_id: GuildId
    version: int
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Rollup:
    """Rolls guilds up. Methods raise errors of bucket and rows, ChainError and LineError."""

    reader: LedgerReader
    counting: Counting
    rows: RollupRows
    boards: Boards
    clock: Callable[[], datetime]

    def waiting(self) -> list[Waiting]:
        """Name the guilds whose head has moved since they were rolled up, the longest ago first.

        Those that have to be counted from their first week come last: they may take all the time.
        """
        found: list[Waiting] = []
        today = self.clock().astimezone(UTC).date()
        for some in batched(self.reader.store.guilds(), GUILDS_AT_ONCE, strict=False):
            versions, known = self.rows.versions(some), self.rows.progress(some)
            found += [
                Waiting(guild, versions.get(guild, 0), known.get(guild))
                for guild in some
                if (one := known.get(guild)) is None
                or one.version != versions.get(guild, 0)
                or _is_unfinished(one, today)
            ]
        return sorted(found, key=_turn)

    def roll(self, waiting: Waiting, time_is_left: Callable[[], bool]) -> int:
        """Bring a guild's rows up to date; return how many hours were counted.

        Raises OutOfTimeError when time ended first.
        """
        guild_id, known, now = waiting.guild_id, waiting.progress, self.clock()
        today = now.astimezone(UTC).date()
        if known is None or known.week is not None:
            begun = known or Progress(waiting.version, now, now, self._first_week(guild_id))
            return self._count_weeks(guild_id, begun, today, time_is_left)
        sweeps = known.swept.astimezone(UTC).date() < today
        hours = self._count_again(guild_id, known, today, sweeps, time_is_left)
        self._note_places(guild_id, now)
        swept = now if sweeps else known.swept
        self.rows.advance(guild_id, Progress(waiting.version, now, swept))
        return hours

    def _note_places(self, guild_id: GuildId, now: datetime) -> None:
        """Note who stands where on boards that are too large to be read for an answer."""
        for period in Period:
            histogram = self.boards.histogram(guild_id, period, now)
            if sum(histogram.values()) > MOST_RANKED:
                until = now + PLACES_KEPT
                self.rows.put_places(guild_id, span_of(period, now), histogram, until)

    def _first_week(self, guild_id: GuildId) -> date:
        first = next(iter(self.reader.store.days(guild_id)), None)
        return week_of(first or self.clock().astimezone(UTC).date())

    def _count_weeks(
        self,
        guild_id: GuildId,
        progress: Progress,
        today: date,
        time_is_left: Callable[[], bool],
    ) -> int:
        counted, monday = 0, progress.week or today
        while monday <= today:
            self.rows.advance(guild_id, replace(progress, week=monday))
            if not time_is_left():
                raise OutOfTimeError
            counted += self._count_week(guild_id, monday, today)
            monday += WEEK
        self._note_places(guild_id, self.clock())
        self.rows.advance(guild_id, replace(progress, week=None))
        return counted

    def _count_week(self, guild_id: GuildId, monday: date, today: date) -> int:
        """Count a week from all its lines; the margin of its first hour lies in the day before."""
        lines = self.reader.lines(guild_id, monday - DAY, monday + WEEK - DAY)
        hours = {
            hour: figures
            for hour, figures in figures_by_hour(lines).items()
            if hour.date() >= monday
        }
        days: dict[date, list[Figures]] = {}
        for hour, figures in sorted(hours.items()):
            days.setdefault(hour.date(), []).append(figures)
            if hour >= midnight(today) - HOURS_KEPT:
                self.rows.put_hour(guild_id, hour, figures)
        for day, some in days.items():
            self.rows.put_day(guild_id, day, total(some))
        if hours:
            self.rows.put_week(guild_id, monday, total(hours.values()))
        return len(hours)

    def _count_again(
        self,
        guild_id: GuildId,
        known: Progress,
        today: date,
        sweeps: bool,
        time_is_left: Callable[[], bool],
    ) -> int:
        """Count the hours again that lines were written for; once a day late ones are looked for.

        Listing forty days each hour would cost more than all the rest.
        """
        yesterday = today - DAY
        recount = self.counting.since(guild_id, today - LOOKED_BACK if sweeps else yesterday)
        fresh = recount.fresh(known.seen - OVERLAP, first=yesterday)
        if sweeps:
            fresh += recount.fresh(known.swept - OVERLAP, before=yesterday)
        dirty = recount.hours_of(fresh)
        for day, hours in recount.count(dirty):
            if not time_is_left():
                raise OutOfTimeError
            for hour, figures in hours.items():
                self.rows.put_hour(guild_id, hour, figures)
            of_day = self.rows.hours(guild_id, midnight(day), midnight(day) + DAY - HOUR)
            if of_day:
                self.rows.put_day(guild_id, day, total(of_day.values()))
        for monday in sorted({week_of(hour.date()) for hour in dirty}):
            of_week = self.rows.days(guild_id, monday, monday + WEEK - DAY)
            if of_week:
                self.rows.put_week(guild_id, monday, total(of_week.values()))
        return len(dirty)


def _is_unfinished(known: Progress, today: date) -> bool:
    """Whether weeks are left, or late lines may have come since they were looked for."""
    is_swept = known.swept >= known.seen or known.swept.astimezone(UTC).date() >= today
    return known.week is not None or not is_swept


def _turn(waiting: Waiting) -> tuple[bool, datetime]:
    known = waiting.progress
    if known is None:
        return True, datetime.min.replace(tzinfo=UTC)
    return known.week is not None, known.seen
