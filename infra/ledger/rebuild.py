"""Tables from the ledger alone, written so that an interrupted rebuild goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Final

from usher.ids import GuildId
from usher.integrity import row_diff
from usher.integrity.ledger_rows import KINDS, rows_of
from usher.integrity.row_diff import Difference
from usher.platform.dynamo_scan import Item, WholeTable

__all__ = ["EVIDENCE", "KINDS", "NotEmptyError", "Rebuild", "compare", "rows_in", "rows_of"]

REBUILD: Final = "REBUILD"
"""Partition of a table that is being rebuilt: how far it is."""
EVIDENCE: Final = ("HEAD", "I#", "W#")
"""What the ledger does not tell of, and the next look restores; a rebuild writes an empty head."""
NOTED: Final = 1000
"""Rows after which it is noted how far a rebuild is."""


class NotEmptyError(Exception):
    """A table to be rebuilt holds rows that no rebuild has written."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Writes rows into a table that had none, and goes on where an earlier try ended.

    How far it is stands in the table itself until `end`, a row a guild: the number of lines that
    its rows follow from, and the sort key of the last row that is written for sure.
    """

    table: WholeTable
    tick: Callable[[int], None] = lambda _rows: None
    """Told of how many more rows were written."""

    def begin(self) -> None:
        """Take the table; raises NotEmptyError."""
        if not any(self.table.query(REBUILD, "G#")) and not self.table.is_empty():
            raise NotEmptyError
        self._note("", 0, "")

    def write(self, guild_id: GuildId, lines: int, rows: Iterator[Item]) -> int:
        """Write the rows of a guild, in order of sort keys; return how many were still to write."""
        after = self._after(guild_id, lines)
        written = 0
        for some in batched((row for row in rows if row["sk"]["S"] > after), NOTED, strict=False):
            written += self.table.put(some)
            self._note(guild_id, lines, some[-1]["sk"]["S"])
            self.tick(len(some))
        return written

    def end(self) -> None:
        """Take the notes away: the table is whole."""
        for item in list(self.table.query(REBUILD, "G#")):
            self.table.delete(REBUILD, item["sk"]["S"])

    def _after(self, guild_id: GuildId, lines: int) -> str:
        for note in self.table.query(REBUILD, f"G#{guild_id}"):
            if note["sk"]["S"] == f"G#{guild_id}" and note["lines"]["N"] == str(lines):
                return str(note["after"]["S"])
        return ""

    def _note(self, guild_id: str, lines: int, after: str) -> None:
        key: Item = {"pk": {"S": REBUILD}, "sk": {"S": f"G#{guild_id}"}}
        self.table.put([{**key, "lines": {"N": str(lines)}, "after": {"S": after}}])


def compare(ours: Iterator[Item], theirs: Iterator[Item], now: datetime) -> Iterator[Difference]:
    """Compare rows of a guild, both in order of sort keys, by all that the ledger tells of."""
    return row_diff.compare(ours, theirs, now, KINDS)


def rows_in(table: WholeTable, guild_id: GuildId) -> Iterator[Item]:
    """Read the rows of a guild that the ledger tells of, in order of sort keys."""
    for kind in sorted(KINDS):
        yield from table.query(f"G#{guild_id}", kind)
