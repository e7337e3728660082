"""Which status reports are due. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final


class Span(StrEnum):
    """How long a report looks back, the shortest first."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


NONE: Final = "none"
"""What a setting says in a span's place for no reports at all."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of some time zone that are over."""

    span: Span
    day: date
    """The first."""
    until: date
    """The day after the last."""
    first: datetime
    last: datetime
    """Where the days begin and end, in UTC."""

    @property
    def key(self) -> str:
        """Tell it from all others."""
        return f"{self.span.value}#{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """When reports come."""

    zone: tzinfo
    zone_name: str
    hour: int
    """Of the day after, in that zone."""
    frequent: Span = Span.DAILY
    """The most frequent kind."""

    def due(self, now: datetime) -> tuple[Period, ...]:
        """List the last period of each kind that was to be reported by now."""
        return tuple(self._due(now))

    def _due(self, now: datetime) -> Iterator[Period]:
        local = now.astimezone(self.zone)
        # The day in whose morning reports were due last.
        today = local.date() if local.hour >= self.hour else local.date() - timedelta(days=1)
        spans = list(Span)
        for span in spans[spans.index(self.frequent) :]:
            yield self._before(span, today)

    def _before(self, span: Span, today: date) -> Period:
        match span:
            case Span.DAILY:
                first, until = today - timedelta(days=1), today
            case Span.WEEKLY:  # from Monday on
                until = today - timedelta(days=today.weekday())
                first = until - timedelta(days=7)
            case Span.MONTHLY:
                until = today.replace(day=1)
                first = (until - timedelta(days=1)).replace(day=1)
        return Period(span, first, until, self._midnight(first), self._midnight(until))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
