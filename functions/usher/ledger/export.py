"""Exporting joins as CSV (SPEC 3.4)."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime

from usher.attribution.wording import Word
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.csv_form import as_file, as_row
from usher.ledger.lines import LATER_WORDS, Line, LineType
from usher.ledger.people import People
from usher.ledger.reader import LedgerReader


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

    def export(
        self,
        guild_id: GuildId,
        start: datetime | None,
        end: datetime | None,
        user_id: UserId | None,
        invite_code: InviteCode | None,
    ) -> Export:
        """Write the joins with start <= timestamp < end, in order of time; None for no bound.

        A row is one join and carries the last word on it: a correction takes the place of what it
        corrects, since who reads a table counts rows, and a join with two rows would count twice.
        Corrections may come days later, so all lines from `start` on are read. The ledger itself
        keeps every word. `user_id` selects the joins of one member; `invite_code` those whose last
        word names exactly that code: a mere candidate does not count.

        Raises LineError and errors of the bucket.
        """
        first = None if start is None else start.astimezone(UTC).date()
        joins, words = _fold(self.reader.lines(guild_id, first), user_id)
        chosen = [
            (line, words.get(line.event_id, line.word))
            for line in sorted(joins, key=lambda line: (line.timestamp, line.event_id))
            if (start is None or line.timestamp >= start) and (end is None or line.timestamp < end)
        ]
        rows = [
            (line, word)
            for line, word in chosen
            if word is not None and (invite_code is None or word.code == invite_code)
        ]
        people = People(self.reader.store.objects)
        written = self.pool.map(lambda row: _row(row[0], row[1], people), rows)
        filename = f"invite_logs_{self.clock().astimezone(UTC):%Y%m%d}.csv"
        return Export(filename, as_file(written), len(rows))


def _fold(lines: Iterable[Line], user_id: UserId | None) -> tuple[list[Line], dict[str, Word]]:
    """Gather joins, each once, and the last words on them by event id."""
    joins: dict[str, Line] = {}
    corrections: dict[str, Line] = {}
    for line in lines:
        if user_id is not None and line.user_id != user_id:
            continue
        if line.type is LineType.JOIN:
            known = joins.get(line.event_id)
            if known is None or line.timestamp < known.timestamp:
                joins[line.event_id] = line
        elif line.type in LATER_WORDS and line.corrects is not None:
            known = corrections.get(line.corrects)
            if known is None or line.timestamp >= known.timestamp:
                corrections[line.corrects] = line
    words = {event_id: line.word for event_id, line in corrections.items() if line.word is not None}
    return list(joins.values()), words


def _row(line: Line, word: Word, people: People) -> tuple[str, ...]:
    names, staff = people.of_member(line), people.of_staff(line, word.inviter_id)
    return tuple(as_row(line, word, names, staff))
