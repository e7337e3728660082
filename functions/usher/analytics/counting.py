"""Hours counted again from the bucket: which ones have new lines, and what all of theirs amount to.

The key of a line names its day and not its hour, but no object is older than its event: the lines
of an hour are among those written since it began.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from usher.analytics.figures import Figures
from usher.analytics.rules import MARGIN, by_hour, count_hour
from usher.analytics.spans import DAY, HOUR, hour_of
from usher.ids import GuildId
from usher.ledger.keys import day_of_key, day_prefix, guild_prefix
from usher.ledger.lines import Line, LineError
from usher.ledger.ports import Entry
from usher.ledger.store import LedgerStore

CLOCKS: Final = timedelta(minutes=1)
"""How much older than its event an object may seem."""

AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Counting:
    """Reads lines as objects. Methods raise errors of the bucket."""

    store: LedgerStore
    pool: Executor
    stray: Callable[[str], None] = lambda _key: None
    """Told of objects among the lines that are none."""

    def since(self, guild_id: GuildId, first: date) -> "Recount":
        """List a guild's lines of days from one on."""
        listing: dict[date, list[Entry]] = {}
        after = day_prefix(guild_id, first - DAY)  # an hour's margin may lie in the day before
        for entry in self.store.objects.list(guild_prefix(guild_id), after=after):
            if (day := day_of_key(entry.key)) is not None:
                listing.setdefault(day, []).append(entry)
        return Recount(self, first, listing)

    def read(self, keys: Sequence[str]) -> Iterator[tuple[str, Line | None]]:
        """Read objects; None for what is no line."""
        for some in batched(keys, AT_ONCE, strict=False):
            yield from zip(some, self.pool.map(self._line, some), strict=True)

    def _line(self, key: str) -> Line | None:
        try:
            return self.store.read(key)
        except LineError:
            self.stray(key)
            return None


@dataclass(frozen=True, slots=True)
class Recount:
    """The lines of some days, each read once at most."""

    counting: Counting
    first: date
    listing: dict[date, list[Entry]]
    _read: dict[str, Line | None] = field(default_factory=dict)

    def fresh(
        self, since: datetime, first: date | None = None, before: date = date.max
    ) -> list[Entry]:
        """Pick the lines of days that were written since a time."""
        return [
            entry
            for day, entries in self.listing.items()
            if (first or self.first) <= day < before
            for entry in entries
            if entry.modified >= since
        ]

    def hours_of(self, entries: Iterable[Entry]) -> list[datetime]:
        """Name the hours that lines are counted in: the end of an hour is known to the next."""
        hours: set[datetime] = set()
        for line in self._lines(entries):
            hours |= {hour_of(line.timestamp), hour_of(line.timestamp + MARGIN)}
        return sorted(hours)

    def count(self, hours: Iterable[datetime]) -> Iterator[tuple[date, dict[datetime, Figures]]]:
        """Count hours, day by day; those without a line of their own are left out."""
        days: dict[date, list[datetime]] = {}
        for hour in hours:
            days.setdefault(hour.date(), []).append(hour)
        for day, wanted in sorted(days.items()):
            yield day, self._count(day, wanted)

    def _count(self, day: date, wanted: list[datetime]) -> dict[datetime, Figures]:
        since = min(wanted) - MARGIN
        held = [
            entry
            for one in sorted({since.date(), day})
            for entry in self.listing.get(one, ())
            if entry.modified >= since - CLOCKS
        ]
        lines = by_hour(self._lines(held))
        return {
            hour: count_hour(hour, [*lines.get(hour - HOUR, ()), *own])
            for hour in wanted
            if (own := lines.get(hour))
        }

    def _lines(self, entries: Iterable[Entry]) -> Iterator[Line]:
        keys = [entry.key for entry in entries]
        self._read.update(self.counting.read([key for key in keys if key not in self._read]))
        return (line for key in keys if (line := self._read[key]) is not None)
