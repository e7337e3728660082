"""What the rollup asks of the world."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from usher.analytics.figures import Figures
from usher.credit.queries import Period
from usher.ids import GuildId


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a guild is rolled up."""

    version: int
    """Of the guild's head when its ledger was looked at last: while it stays, nothing is new."""
    seen: datetime
    """Lines written before this are counted, but for those of weeks still to come, and for late
    ones of days before yesterday."""
    swept: datetime
    """Lines of any day written before this are counted."""
    week: date | None = None
    """The Monday from which on the ledger has still to be counted the first time; None for done."""


class RollupRows(Protocol):
    """Where figures are kept, a row a span of time. Methods may raise an error of the store."""

    def versions(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, int]:
        """Read the versions of the guilds' heads; guilds without one are left out."""
        ...

    def progress(self, guilds: Iterable[GuildId]) -> Mapping[GuildId, Progress]:
        """Read how far guilds are; who was never rolled up is left out."""
        ...

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        """Note how far a guild is."""
        ...

    def hours(self, guild_id: GuildId, first: datetime, last: datetime) -> dict[datetime, Figures]:
        """Read the rows of hours, both included."""
        ...

    def days(self, guild_id: GuildId, first: date, last: date) -> dict[date, Figures]:
        """Read the rows of days, both included."""
        ...

    def put_hour(self, guild_id: GuildId, hour: datetime, figures: Figures) -> None:
        """Write an hour's row whole."""
        ...

    def put_day(self, guild_id: GuildId, day: date, figures: Figures) -> None:
        """Write a day's row whole."""
        ...

    def put_week(self, guild_id: GuildId, monday: date, figures: Figures) -> None:
        """Write a week's row whole."""
        ...

    def put_places(
        self, guild_id: GuildId, board: str, histogram: Mapping[int, int], until: datetime
    ) -> None:
        """Write how many members of a board stand at each score; it is kept until then."""
        ...


class Boards(Protocol):
    """Boards of inviters. May raise an error of the store."""

    def histogram(self, guild_id: GuildId, period: Period, now: datetime) -> dict[int, int]:
        """Count how many members stand at each score of the period that holds `now`."""
        ...
