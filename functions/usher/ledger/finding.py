"""Finding the lines of one person's joins, where nothing lists them by person.

A join's event id follows from guild, user and time of joining, but its line lies under the day on
which it was observed. The row kept beside it, under the person, tells that day; so does, mostly,
the time of joining itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.ids import GuildId, UserId
from usher.ledger.keys import line_key
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, join_id
from usher.ledger.names import ROW, names_prefix, read_names, row_key
from usher.ledger.ports import Objects
from usher.times import parse_time

DAY: Final = timedelta(days=1)
MOST_READ: Final = 1000
"""Joins read of one person."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Reads lines one by one; every method may raise LineError and errors of the bucket."""

    objects: Objects

    def join(self, guild_id: GuildId, user_id: UserId, joined_at: datetime) -> Line | None:
        """Read the line of a join."""
        id_ = join_id(guild_id, user_id, joined_at)
        found = self._on(guild_id, id_, (joined_at, joined_at + DAY, joined_at - DAY))
        if found is not None:
            return found
        key = row_key(guild_id, user_id, id_)
        told = read_names(key, self.objects.get(key)).get("timestamp")
        return None if told is None else self._on(guild_id, id_, (parse_time(told),))

    def joins(self, guild_id: GuildId, user_id: UserId) -> Iterator[Line]:
        """Read the joins of somebody whose rows are kept, the ones written last first."""
        listed = self.objects.list(names_prefix(guild_id, user_id))
        entries = [entry for entry in listed if entry.key.endswith(ROW)]
        entries.sort(key=lambda entry: (entry.modified, entry.key), reverse=True)
        for entry in entries[:MOST_READ]:
            told = read_names(entry.key, self.objects.get(entry.key)).get("timestamp")
            id_ = entry.key.rpartition("/")[2].removesuffix(ROW)
            line = None if told is None else self._on(guild_id, id_, (parse_time(told),))
            if line is not None:
                yield line

    def _on(self, guild_id: GuildId, event_id: str, days: Iterable[datetime]) -> Line | None:
        """Read the earliest line of an event among those of some days."""
        found: list[Line] = []
        for day in days:
            content = self.objects.get(line_key(guild_id, event_id, day.astimezone(UTC)))
            if content is not None:
                found.append(read_line(content))
        return min(found, key=lambda line: line.timestamp, default=None)
