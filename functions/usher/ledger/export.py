"""Exporting joins as CSV (SPEC 3.4)."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import batched
from typing import Final

from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.csv_form import as_file, as_lines, as_row
from usher.ledger.lines import Line
from usher.ledger.patience import Deadline, endless
from usher.ledger.people import People
from usher.ledger.reader import LedgerReader
from usher.ledger.spool import Found, spool, wanted

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
class Choice:
    """Which joins are exported."""

    guild_id: GuildId
    start: datetime | None = None
    """Joins with start <= timestamp < end; None for no bound."""
    end: datetime | None = None
    user_id: UserId | None = None
    """Joins of one member."""
    invite_code: InviteCode | None = None
    """Joins whose last word names exactly that code: a mere candidate does not count."""

    @property
    def first(self) -> date | None:
        """The UTC day from which lines are read."""
        return None if self.start is None else self.start.astimezone(UTC).date()


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
        count = 0

        def counted(rows: int) -> None:
            nonlocal count
            count += rows

        choice = Choice(guild_id, start, end, user_id, invite_code)
        content = b"".join(self.pieces(choice, counted))
        return Export(self.filename, content, count)

    def pieces(
        self,
        choice: Choice,
        counted: Callable[[int], None] = lambda _rows: None,
        deadline: Deadline | None = None,
    ) -> Iterator[bytes]:
        """Write the chosen joins, in order of time, piece by piece and in little memory.

        A row is one join and carries the last word on it: a correction takes the place of what it
        corrects, since who reads a table counts rows, and a join with two rows would count twice.
        Corrections may come days later, so all lines from `start` on are read. The ledger itself
        keeps every word. `counted` is told of rows as they are written.

        Raises TooLongError, LineError, ChainError and errors of the bucket.
        """
        people = People(self.reader.store.objects)
        heed = endless if deadline is None else deadline.heed

        def row(found: Found) -> tuple[str, ...]:
            return _row(found, people)

        with spool() as joins:
            for line in heed(self._lines(choice)):
                joins.take(line)
            for named in heed(self._names(choice)):
                joins.name(named)
            yield as_file([])
            chosen = joins.joins(
                choice.start, choice.end, wanted(choice.user_id, choice.invite_code)
            )
            for some in batched(heed(chosen), ROWS, strict=False):
                yield as_lines(self.pool.map(row, some))
                counted(len(some))

    def _lines(self, choice: Choice) -> Iterator[Line]:
        """Read what may concern the chosen joins."""
        for line in self.reader.lines(choice.guild_id, choice.first):
            if choice.user_id in (None, line.user_id):
                yield line

    def _names(self, choice: Choice) -> Iterator[Mapping[str, str]]:
        """Read the rows of closed days; one member's names are sooner looked up than read there."""
        closed = self.reader.closed
        if closed is not None and choice.user_id is None:
            for link in closed.links(choice.guild_id, choice.first):
                yield from closed.rows(link)


def _row(found: Found, people: People) -> tuple[str, ...]:
    line: Line = found.line
    names = people.of_member(line, found.names)
    staff = people.of_staff(line, found.word.inviter_id, found.staff)
    return tuple(as_row(line, found.word, names, staff))
