"""Timed work: rows of the table whose time comes, in a sparse index (DESIGN 7). Pure.

A row that has something to be done at a time carries `due` and `due_at`, whatever it is: a row of
its own kind, as an invite's, or one made for the purpose (`T#…`). A row without them is not in the
index. The sweep asks for what is due and tells whoever does it; who does it takes the row out of
the index, or sets its next time. Until then it is told again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol
from zlib import crc32

from usher.frozen import frozen
from usher.ids import GuildId

SHARDS: Final = 8
"""Partitions of the index, so that no single one takes every write."""


@frozen
class Due:
    """One row whose time has come."""

    guild_id: GuildId
    key: str
    """Its sort key, which tells its kind."""
    at: datetime


class DueIndex(Protocol):
    """The rows in order of their time. Reads may miss what was written a moment ago."""

    def due(self, shard: int, until: datetime) -> Iterator[Due]:
        """Read the rows of a shard that are due by `until`, oldest first, as they are taken.

        May raise an error of its store.
        """
        ...


def shard_of(guild_id: GuildId) -> int:
    """Tell in which shard the rows of a guild are."""
    return crc32(guild_id.encode()) % SHARDS


def partition(shard: int) -> str:
    """Name a shard's partition of the index: the value of `due`."""
    return f"due#{shard}"
