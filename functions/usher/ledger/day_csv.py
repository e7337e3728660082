"""The CSV of a closed day: its joins with names, made from the locked lines and the names kept.

It is a product: never locked, written over when it is made again, for example after somebody's
names were erased (SPEC 4.1, 4.7).
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Final

from usher.attribution.wording import Word
from usher.ids import GuildId
from usher.ledger.chain import Link
from usher.ledger.closed import ClosedDays
from usher.ledger.csv_form import as_file, as_lines, as_row
from usher.ledger.keys import csv_key
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LATER_WORDS, Line, LineType, withdrawn_in
from usher.ledger.people import People
from usher.ledger.ports import Archive

ROWS: Final = 256
"""Rows whose names are read at once."""


@dataclass(frozen=True, slots=True)
class DayCsv:
    """Makes the CSV files of closed days; methods may raise ChainError and the bucket's errors."""

    objects: Archive
    pool: Executor

    def missing(self, guild_id: GuildId, first: date) -> Iterator[Link]:
        """Find the links from a day on whose file is not there, oldest first."""
        for link in ClosedDays(self.objects).links(guild_id, first):
            key = csv_key(guild_id, link.day)
            if not any(entry.key == key for entry in self.objects.list(key)):
                yield link

    def make(self, link: Link) -> int:
        """Write the file of a link, over one that is there; return its bytes.

        A row is a join, with the last word that the same link has on it.
        """
        return self.objects.upload(csv_key(link.guild_id, link.day), self._chunks(link))

    def _chunks(self, link: Link) -> Iterator[bytes]:
        closed = ClosedDays(self.objects)
        said = [
            line
            for line in map(read_line, closed.lines(link))
            if line.type in LATER_WORDS or line.type is LineType.WITHDRAWAL
        ]
        withdrawn = withdrawn_in(said)
        words = {
            line.corrects: line.word
            for line in said
            if line.type in LATER_WORDS and line.event_id not in withdrawn
        }
        people = People(self.objects)

        def row(line: Line) -> tuple[str, ...]:
            word = words.get(line.event_id) or line.word
            return _row(line, word, people)

        yield as_file([])
        lines = map(read_line, closed.lines(link))
        joins = (line for line in lines if line.type is LineType.JOIN)
        for some in batched(joins, ROWS, strict=False):
            yield as_lines(self.pool.map(row, some))


def _row(line: Line, word: Word | None, people: People) -> tuple[str, ...]:
    if word is None:
        raise ValueError("join without a word")
    staff = people.of_staff(line, word.inviter_id)
    return tuple(as_row(line, word, people.of_member(line), staff))
