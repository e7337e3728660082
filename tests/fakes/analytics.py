"""Rows of figures in memory, a bucket that dates its objects, and what commands ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tests.fakes.objects import FakeObjects
from usher.analytics.figures import Figures, read_figures, write_figures
from usher.analytics.ports import Progress
from usher.analytics.queries import Span, Summary
from usher.credit.queries import Period
from usher.ids import GuildId


@dataclass
class DatedObjects(FakeObjects):
    """Objects are as old as the clock says."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def _add(self, key: str, content: bytes, lock_until: datetime | None) -> bool:
        if not super()._add(key, content, lock_until):
            return False
        self.held[key] = content, self.now
        return True


@dataclass
class FakeRollups:
    """Implements RollupRows; figures are kept as text, as in the table."""

    heads: dict[GuildId, int] = field(default_factory=dict)
    noted: dict[GuildId, Progress] = field(default_factory=dict)
    of_hours: dict[tuple[GuildId, datetime], str] = field(default_factory=dict)
    of_days: dict[tuple[GuildId, date], str] = field(default_factory=dict)
    of_weeks: dict[tuple[GuildId, date], str] = field(default_factory=dict)
    places: dict[tuple[GuildId, str], Mapping[int, int]] = field(default_factory=dict)
    writes: int = 0

    def versions(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, int]:
        return {guild: self.heads[guild] for guild in guilds if guild in self.heads}

    def progress(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, Progress]:
        return {guild: self.noted[guild] for guild in guilds if guild in self.noted}

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        self.noted[guild_id] = progress

    def hours(self, guild_id: GuildId, first: datetime, last: datetime) -> dict[datetime, Figures]:
        return {
            hour: read_figures(text)
            for (guild, hour), text in self.of_hours.items()
            if guild == guild_id and first <= hour <= last
        }

    def days(self, guild_id: GuildId, first: date, last: date) -> dict[date, Figures]:
        return {
            day: read_figures(text)
            for (guild, day), text in self.of_days.items()
            if guild == guild_id and first <= day <= last
        }

    def put_hour(self, guild_id: GuildId, hour: datetime, figures: Figures) -> None:
        self.of_hours[guild_id, hour] = write_figures(figures)
        self.writes += 1

    def put_day(self, guild_id: GuildId, day: date, figures: Figures) -> None:
        self.of_days[guild_id, day] = write_figures(figures)
        self.writes += 1

    def put_week(self, guild_id: GuildId, monday: date, figures: Figures) -> None:
        self.of_weeks[guild_id, monday] = write_figures(figures)
        self.writes += 1

    def put_places(
        self, guild_id: GuildId, board: str, histogram: Mapping[int, int], until: datetime
    ) -> None:
        del until
        self.places[guild_id, board] = histogram


@dataclass
class FakeBoards:
    """Implements Boards."""

    held: dict[Period, dict[int, int]] = field(default_factory=dict)

    def histogram(self, guild_id: GuildId, period: Period, now: datetime) -> dict[int, int]:
        del guild_id, now
        return self.held.get(period, {})


@dataclass
class FakeAnalytics:
    """Implements AnalyticsReads: answers what it was given, by span."""

    summaries: dict[Span, Summary] = field(default_factory=dict)

    def summary(self, guild_id: GuildId, span: Span, now: datetime) -> Summary:
        del guild_id
        return self.summaries.get(span) or Summary(span, now, now, None)


@dataclass
class FakeCharts:
    """Implements Charts."""

    drawn: list[Summary] = field(default_factory=list)

    def draw(self, summary: Summary) -> bytes:
        self.drawn.append(summary)
        return b"\x89PNG " + summary.span.value.encode()
