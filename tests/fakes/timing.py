"""The due-time index in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from usher.timing.due import Due, shard_of


@dataclass
class FakeDueIndex:
    """Implements DueIndex over a list."""

    rows: list[Due] = field(default_factory=list)

    def due(self, shard: int, until: datetime, limit: int) -> Iterator[Due]:
        here = [row for row in self.rows if shard_of(row.guild_id) == shard and row.at <= until]
        yield from sorted(here, key=lambda row: row.at)[:limit]
