"""What can be asked about a guild's figures: the read models and the Protocols."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from usher.frozen import frozen
from usher.ids import GuildId


class Span(StrEnum):
    """What figures are asked of, in UTC days."""

    DAY = "day"
    """Today so far, by the hour."""
    WEEK = "week"
    """Today and the six days before."""
    MONTH = "month"
    """Today and the 29 days before."""
    ALL = "all"
    """Since Usher watches."""


@frozen
class Bar:
    """One step of a series."""

    start: datetime
    joins: int = 0
    leaves: int = 0


@frozen
class Total:
    """Joins and leaves of people, bots apart."""

    joins: int = 0
    leaves: int = 0

    @property
    def net(self) -> int:
        """Growth."""
        return self.joins - self.leaves


@frozen
class Stayed:
    """Of joins long enough ago, the share still there after some days."""

    days: int
    share: float | None
    """0 to 1; None where no join is long enough ago."""


@frozen
class Summary:
    """A guild's figures of a span."""

    span: Span
    start: datetime
    until: datetime
    """Lines written before this are counted."""
    since: datetime | None
    """When Usher began to watch; None for a guild it has not seen."""
    bars: tuple[Bar, ...] = ()
    """Oldest first, without a gap."""
    total: Total = field(default_factory=Total)
    before: Total | None = None
    """Of as long a time just before; None where Usher did not watch all of it."""
    people: int = 0
    """Different people who joined."""
    people_exact: bool = True
    """False where there are too many to remember each."""
    attributed: int = 0
    """Joins whose inviter is known."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Joins by the road they came, bots among them, the most first."""
    causes: Mapping[str, int] = field(default_factory=dict)
    """Leaves by their cause, the most first."""
    certain: float | None = None
    """The share of joins that are known for sure, 0 to 1; None without joins."""
    agreement: float | None = None
    """The share of checked words that Discord's record agrees with; None where none was checked."""
    here: float | None = None
    """The share of those who joined in the span who have not left; None without joins, or where
    the span is longer than stays are counted."""
    stayed: tuple[Stayed, ...] = ()
    """Of the last 90 days, whatever the span."""
    hours: tuple[int, ...] = (0,) * 24
    """Joins by UTC hour of the day."""

    @property
    def known(self) -> float | None:
        """The share of joins whose inviter is known, 0 to 1; None without joins."""
        return min(self.attributed / self.total.joins, 1.0) if self.total.joins else None


class AnalyticsReads(Protocol):
    """Figures as commands see them. May raise an error of the stores."""

    def summary(self, guild_id: GuildId, span: Span, now: datetime) -> Summary:
        """Sum a span up to now."""
        ...


class Charts(Protocol):
    """Draws."""

    def draw(self, summary: Summary) -> bytes:
        """Draw the series as a PNG."""
        ...


CHART_SIZE: Final = (900, 420)
"""Pixels of a chart: twice what Discord shows at most in an embed, so that it stays sharp."""
