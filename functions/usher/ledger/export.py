"""Exporting joins as CSV (SPEC 3.4)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from typing import Final

from usher.attribution.wording import Word
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.csv_form import as_file, as_lines, as_row
from usher.ledger.lines import Line
from usher.ledger.options import Wanted
from usher.ledger.patience import Deadline, endless
from usher.ledger.people import People
from usher.ledger.reader import LedgerReader
from usher.ledger.told import ToldJoins

ROWS: Final = 256
"""Rows whose names are looked up at once."""


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export."""

    filename: str
    """`invite_logs_YYYYMMDD.csv`, by the UTC day of the export."""
    content: bytes
    """The whole file, byte order mark included."""
    lines: int
    """Rows below the header."""


@dataclass(frozen=True, slots=True)
class LedgerExport:
    """Makes CSV files of a guild's joins."""

    reader: LedgerReader
    pool: Executor
    clock: Callable[[], datetime]

    @property
    def filename(self) -> str:
        """`invite_logs_YYYYMMDD.csv`, by today's UTC day."""
        return f"invite_logs_{self.clock().astimezone(UTC):%Y%m%d}.csv"

    def export(
        self,
        guild_id: GuildId,
        start: datetime | None,
        end: datetime | None,
        user_id: UserId | None,
        invite_code: InviteCode | None,
    ) -> Export:
        """Write the chosen joins in one piece, in order of time; raises what `pieces` does."""
        counts: list[int] = []
        wanted = Wanted(start, end, user_id, invite_code)
        content = b"".join(self.pieces(guild_id, wanted, counts.append))
        return Export(self.filename, content, sum(counts))

    def pieces(
        self,
        guild_id: GuildId,
        wanted: Wanted,
        counted: Callable[[int], None] = lambda _rows: None,
        deadline: Deadline | None = None,
    ) -> Iterator[bytes]:
        """Write the wanted joins, in order of time, piece by piece and in little memory.

        A row is one join and carries the last word on it: a correction takes the place of what it
        corrects, since who reads a table counts rows, and a join with two rows would count twice.
        Corrections may come days later, so all lines from the start on are read. The ledger itself
        keeps every word. `counted` is told of rows as they are written.

        Raises TooLongError, LineError and errors of the bucket.
        """
        heed = endless if deadline is None else deadline.heed
        people = People(self.reader.store.objects)
        first = None if wanted.start is None else wanted.start.astimezone(UTC).date()
        with ToldJoins() as joins:
            lines = heed(self.reader.lines(guild_id, first))
            joins.fill(line for line in lines if wanted.user_id in (None, line.user_id))
            yield as_file([])
            for some in batched(heed(joins.joins(wanted)), ROWS, strict=False):
                yield as_lines(self.pool.map(lambda one: _row(one.line, one.word, people), some))
                counted(len(some))


def _row(line: Line, word: Word, people: People) -> tuple[str, ...]:
    names, staff = people.of_member(line), people.of_staff(line, word.inviter_id)
    return tuple(as_row(line, word, names, staff))
