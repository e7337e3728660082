"""What can be asked about credit: the read models and the Protocol that stores implement."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

from usher.credit.places import Place
from usher.frozen import frozen
from usher.ids import GuildId, UserId

TRACKING: Final = "guild#tracking"
"""The setting that stops credit; its only value beside the default is `off` (SPEC 3.2)."""
OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class Tally:
    """A member's counters (SPEC 2.1). `tracked` never falls on a leave."""

    tracked: int = 0
    added: int = 0
    fake: int = 0
    left: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Sum up."""
        return Tally(
            tracked=self.tracked + other.tracked,
            added=self.added + other.added,
            fake=self.fake + other.fake,
            left=self.left + other.left,
        )

    @property
    def effective(self) -> int:
        """What counts for ranks and boards."""
        return (self.tracked + self.added) - (self.fake + self.left)


@frozen
class Standing:
    """A member's place on a board is its position in the page."""

    user_id: UserId
    tally: Tally
    gone: bool = False
    """They have left the server. They keep their place: who they brought may still be there."""


class Period(StrEnum):
    """What a leaderboard spans: joins of this UTC day, of this ISO week, or of all time."""

    DAY = "day"
    WEEK = "week"
    ALL = "all"


def span_of(period: Period, now: datetime) -> str:
    """Name the span of a period that holds a time, for example `week#2026-W47`."""
    day = now.astimezone(UTC).date()
    year, week, _ = day.isocalendar()
    return {
        Period.DAY: f"day#{day.isoformat()}",
        Period.WEEK: f"week#{year}-W{week:02}",
        Period.ALL: "all",
    }[period]


@frozen
class LeaderboardPage:
    """Members with at least one effective invite, highest first, equals by user id ascending."""

    standings: tuple[Standing, ...]
    has_next: bool


class CreditReads(Protocol):
    """Credit as commands see it. Every method may raise an error of its store."""

    def tally(self, guild_id: GuildId, user_id: UserId, *, consistent: bool = False) -> Tally:
        """Read a member's counters of all time; zeros for a member who invited nobody."""
        ...

    def tracking_off(self, guild_id: GuildId) -> bool:
        """Read whether joins are credited to nobody at present."""
        ...

    def leaderboard(
        self, guild_id: GuildId, period: Period, now: datetime, page: int, size: int
    ) -> LeaderboardPage:
        """Read page `page`, counted from 1, of `size` members of the period that holds `now`.

        No page goes beyond MOST_RANKED members.
        """
        ...

    def place(
        self, guild_id: GuildId, period: Period, now: datetime, user_id: UserId
    ) -> Place | None:
        """Say where a member stands; None for who has no invite of that period."""
        ...
