"""Exporting joins as CSV (SPEC 3.4)."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, chain
from typing import Final, Protocol

from usher.attribution.wording import Word
from usher.ids import GuildId
from usher.ledger.csv_form import BYTE_ORDER_MARK, HEADER, as_lines, as_row
from usher.ledger.lines import Line
from usher.ledger.options import Wanted
from usher.ledger.patience import Patience
from usher.ledger.people import People
from usher.ledger.reader import LedgerReader
from usher.ledger.spool import Spool, Told

ROWS_AT_ONCE: Final = 256
LINK_LIFE: Final = timedelta(hours=1)
EXPORTS: Final = "exports/"
"""What is kept under it goes after a day (template.yaml)."""


class Shelf(Protocol):
    """Where large files lie until they are fetched. Every method may raise errors of the bucket."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write a file piece by piece."""
        ...

    def link(self, key: str, filename: str, life: timedelta) -> str:
        """Make a link by which anybody who has it can fetch the file while it lives."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export."""

    filename: str
    """`invite_logs_YYYYMMDD.csv`, by the UTC day of the export."""
    lines: int
    """Rows below the header."""
    content: bytes | None
    """The whole file, byte order mark included; None when it is larger than was asked for."""
    link: str | None = None
    """Where a larger file is fetched."""
    expires_at: datetime | None = None
    """When the link ends at the latest: it ends with the credentials that signed it, too."""


@dataclass(frozen=True, slots=True)
class LedgerExport:
    """Makes CSV files of a guild's joins."""

    reader: LedgerReader
    pool: Executor
    shelf: Shelf
    patience: Patience

    def export(self, guild_id: GuildId, wanted: Wanted, name: str, limit: int) -> Export:
        """Write the wanted joins in order of time; `name` tells this export from others.

        A row is one join and carries the last word on it: a correction takes the place of what it
        corrects, since who reads a table counts rows, and a join with two rows would count twice.
        Corrections may come days later, so all lines from the start on are read. The ledger itself
        keeps every word.

        Raises TooLongError, LineError and errors of the bucket.
        """
        deadline = self.patience.starts()
        now = self.patience.clock().astimezone(UTC)
        filename = f"invite_logs_{now:%Y%m%d}.csv"
        first = None if wanted.start is None else wanted.start.astimezone(UTC).date()
        with Spool() as spool:
            lines = deadline.heed(self.reader.lines(guild_id, first))
            spool.fill(line for line in lines if wanted.user_id in (None, line.user_id))
            counted = _Counted(deadline.heed(spool.joins(wanted)))
            pieces = self._pieces(counted)
            head, whole = _head(pieces, limit)
            if whole:
                return Export(filename, counted.number, head)
            key = f"{EXPORTS}guild={guild_id}/{name}/{filename}"
            self.shelf.put(key, chain((head,), pieces))
        return Export(
            filename,
            counted.number,
            None,
            self.shelf.link(key, filename, LINK_LIFE),
            self.patience.clock() + LINK_LIFE,
        )

    def _pieces(self, joins: Iterable[Told]) -> Iterator[bytes]:
        people = People(self.reader.store.objects)
        yield BYTE_ORDER_MARK + as_lines([HEADER])
        for some in batched(joins, ROWS_AT_ONCE, strict=False):
            yield as_lines(self.pool.map(lambda one: _row(one.line, one.word, people), some))


class _Counted:
    """Joins, counted as they pass."""

    def __init__(self, joins: Iterable[Told]) -> None:
        self._joins = joins
        self.number = 0

    def __iter__(self) -> Iterator[Told]:
        for one in self._joins:
            self.number += 1
            yield one


def _head(pieces: Iterator[bytes], limit: int) -> tuple[bytes, bool]:
    """Take pieces until the limit is passed; say whether that was all."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) > limit:
            return bytes(head), False
    return bytes(head), True


def _row(line: Line, word: Word, people: People) -> tuple[str, ...]:
    names, staff = people.of_member(line), people.of_staff(line, word.inviter_id)
    return tuple(as_row(line, word, names, staff))
