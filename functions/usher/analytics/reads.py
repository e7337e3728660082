"""A guild's figures as the command worker reads them: rows of the table, and what is newer.

The rollup runs once an hour. What was written since is counted here, by the same rules, so that a
member who has just joined is in the picture; where that would take too long, the summary says until
when it is counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from usher.analytics.counting import Counting
from usher.analytics.figures import Figures, read_figures, total
from usher.analytics.queries import Span, Summary
from usher.analytics.rows import (
    PROGRESS,
    WEEKS,
    day_key,
    day_of_key,
    hour_key,
    hour_of_key,
    week_key,
)
from usher.analytics.spans import DAY, midnight, read_week
from usher.analytics.summary import Known, days_to_read, first_day, summarise
from usher.attribution.accuracy import Accuracy, Check
from usher.attribution.outcomes import Confidence
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads, Item
from usher.times import parse_time

MOST_FRESH: Final = 1500
"""Lines newer than the rollup that are still read for an answer: some two seconds."""

OVERLAP: Final = timedelta(minutes=1)
ACCURACY: Final = "ACCURACY#"
HEAD: Final = "HEAD"


class Guilds(Protocol):
    """What is known of guilds as a whole."""

    def since(self, guild_id: GuildId) -> datetime | None:
        """Read when the guild was first seen; None for never."""
        ...


@dataclass(frozen=True, slots=True)
class DynamoAnalyticsReads:
    """Implements AnalyticsReads. Raises AwsError, StateError, FiguresError and bucket errors."""

    table: DynamoReads
    guilds: Guilds
    counting: Counting

    def summary(self, guild_id: GuildId, span: Span, now: datetime) -> Summary:
        """Sum a span up to now."""
        since = self.guilds.since(guild_id)
        if since is None:
            return summarise(span, Known(), now)
        first, last = days_to_read(now)
        days = self._figures(guild_id, day_key(first), day_key(last))
        newer, until = self._newer(guild_id, since, now)
        known = Known(
            days={day_of_key(key): figures for key, figures in days} | newer,
            weeks=self._weeks(guild_id, first) if span is Span.ALL else {},
            accuracy=self._accuracy(guild_id, first_day(span, since, now), last),
            since=since,
            until=until,
        )
        return summarise(span, known, now)

    def _weeks(self, guild_id: GuildId, first: date) -> dict[date, Figures]:
        """Read the weeks before a Monday."""
        weeks = self._figures(guild_id, WEEKS, week_key(first - DAY))
        return {read_week(key.removeprefix(WEEKS)): figures for key, figures in weeks}

    def _figures(self, guild_id: GuildId, first: str, last: str) -> Iterable[tuple[str, Figures]]:
        for row in self.table.between(f"G#{guild_id}", first, last):
            yield str(row["sk"]), read_figures(str(row["figures"]))

    def _newer(
        self, guild_id: GuildId, since: datetime, now: datetime
    ) -> tuple[dict[date, Figures], datetime]:
        """Count what is newer than the rollup; say until when everything is counted."""
        row = self.table.get((f"G#{guild_id}", PROGRESS)) or {}
        seen, week = row.get("rolled_seen"), row.get("rolled_week")
        rolled = parse_time(seen) if isinstance(seen, str) else since
        if isinstance(week, str):  # weeks are still being counted for the first time
            rolled = max(since, midnight(date.fromisoformat(week)))
        yesterday = now.astimezone(UTC).date() - DAY
        recount = self.counting.since(guild_id, yesterday)
        fresh = recount.fresh(rolled - OVERLAP)
        if len(fresh) > MOST_FRESH:
            return {}, rolled
        until = now if rolled >= midnight(yesterday) or self._stands(guild_id, row) else rolled
        if not fresh:
            return {}, until
        first, last = hour_key(midnight(yesterday)), hour_key(now)
        hours = {hour_of_key(key): one for key, one in self._figures(guild_id, first, last)}
        for _, counted in recount.count(recount.hours_of(fresh)):
            hours |= counted
        days: dict[date, list[Figures]] = {}
        for hour, figures in hours.items():
            days.setdefault(hour.date(), []).append(figures)
        return {day: total(some) for day, some in days.items()}, until

    def _stands(self, guild_id: GuildId, progress: Item) -> bool:
        """Whether nothing has happened in the guild since it was rolled up."""
        head = self.table.get((f"G#{guild_id}", HEAD)) or {}
        return "rolled_week" not in progress and head.get("version") == progress.get(
            "rolled_version", -1
        )

    def _accuracy(self, guild_id: GuildId, first: date, last: date) -> Accuracy:
        low, high = ACCURACY + first.isoformat(), ACCURACY + last.isoformat()
        rows = self.table.between(f"G#{guild_id}", low, high)
        return sum((_read_accuracy(row) for row in rows), Accuracy())


def _read_accuracy(row: Item) -> Accuracy:
    return Accuracy(_counts(row, Confidence), _counts(row, Check))


def _counts[E: (Confidence, Check)](row: Item, names: type[E]) -> Mapping[E, int]:
    return {one: number for one in names if isinstance(number := row.get(one.value), int)}
