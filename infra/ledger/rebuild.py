"""Tables from the ledger alone, and two tables compared row by row."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched, groupby
from typing import Final

from usher.attribution.accuracy import Accuracy
from usher.attribution.accuracy_store import PREFIX, accuracy_row
from usher.attribution.code_counts import CodeCount
from usher.attribution.code_counts_store import PREFIX as CODES
from usher.attribution.code_counts_store import code_count_item
from usher.attribution.guild_settings import setting_row
from usher.attribution.model import CodeState, Head
from usher.attribution.rows import KEEP_PASSED, PASSING, code_row, head_row
from usher.credit.queries import Tally
from usher.credit.rebuild import Books
from usher.credit.store import counter_row, has_expired, member_row
from usher.ids import GuildId
from usher.invites.notes import KEEP_NOTES, kept_until, made_for
from usher.ledger.chain import Link, digest, write_link
from usher.ledger.head_store import CHAIN, ChainRow
from usher.ledger.lines import Line
from usher.platform.dynamo import Row
from usher.platform.dynamo_scan import Item, WholeTable

REBUILD: Final = "REBUILD"
"""Partition of a table that is being rebuilt: how far it is."""
KINDS: Final = (PREFIX, "C#", "M#", CODES, "S#", CHAIN)
"""What the ledger tells of: rows whose sort keys begin so."""
EVIDENCE: Final = ("HEAD", "I#", "W#")
"""What it does not, and the next look restores; a rebuild writes a head without evidence."""
NOTED: Final = 1000
"""Rows after which it is noted how far a rebuild is."""
LEFT_OUT: Final = frozenset({"ahead", "before"})
"""Attributes of rows of a burst under way."""


class NotEmptyError(Exception):
    """A table to be rebuilt holds rows that no rebuild has written."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same in both."""

    pk: str
    sk: str
    name: str
    """The attribute; empty where a whole row is on one side only."""
    ours: object
    """As the ledger has it; None for not at all."""
    theirs: object

    def __str__(self) -> str:
        where = f"{self.pk} {self.sk}"
        if not self.name:
            return f"{where}: only in the {'table' if self.ours is None else 'ledger'}"
        return f"{where}: {self.name} is {self.theirs!r}, by the ledger {self.ours!r}"


def rows_of(guild_id: GuildId, books: Books, last: Link | None, now: datetime) -> Iterator[Item]:
    """Write books as the rows of a table, in order of their sort keys.

    Beside what the ledger tells of there is a head without evidence: it goes on with the versions,
    since these order the lines, and says since when the guild is known, when it was last seen, and
    when tracking was off.
    """
    rows: list[Row] = [
        accuracy_row(guild_id, day, accuracy)
        for day, accuracy in books.accuracy.items()
        if accuracy != Accuracy()
    ]
    rows += [
        counter_row(guild_id, counter, tally)
        for counter, tally in books.counters.items()
        if tally != Tally() and not has_expired(counter, now)
    ]
    rows += [member_row(guild_id, user, record) for user, record in books.members.items()]
    kept = {name: line for name, line in books.settings.items() if not _is_over(name, line, now)}
    rows += [setting_row(guild_id, name, line) for name, line in kept.items()]
    rows += [code_row(guild_id, books.version, state, None) for state in _made(kept.values(), now)]
    if books.version:
        head = Head(since=books.since, seen_at=books.until, off=books.off)
        rows.append(head_row(guild_id, books.version, head, None))
    if last is not None:
        hashed = digest(write_link(last))
        key = f"G#{guild_id}", CHAIN
        rows.append(ChainRow(*key, head=hashed, day=last.day.isoformat(), number=last.number))
    items: list[Item] = [row.serialize() for row in rows]
    items += [
        code_count_item(guild_id, code, count)
        for code, count in books.codes.items()
        if count != CodeCount()
    ]
    items.sort(key=lambda item: str(item["sk"]["S"]))
    return iter(items)


def _is_over(name: str, line: Line, now: datetime) -> bool:
    """Whether a setting's row may be gone from the table by now."""
    until = kept_until(name, line.value)
    return until is not None and until <= now


def _made(settings: Iterable[Line], now: datetime) -> Iterator[CodeState]:
    """Codes that Usher made for members: of all else of a code the next look tells."""
    for line in settings:
        made = made_for(line.name or "", line.value)
        until = kept_until(line.name or "", line.value)
        if made is None or (until is not None and until - KEEP_NOTES + KEEP_PASSED <= now):
            continue
        code, user_id = made
        uses, age = (0, 0) if until is None else (1, PASSING)
        blank = CodeState(code, user_id, None, None, uses, age, False, None, None)
        yield replace(blank, made_for=user_id)


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
    """Compare rows of a guild, both in order of sort keys, by every attribute they have.

    Counts of 0 and rows of nothing else are as if they were not there, since a row that was added
    to and taken from stays; so are rows that have expired.
    """
    marked = heapq.merge(
        ((row["sk"], 0, row) for row in _plain(ours, now)),
        ((row["sk"], 1, row) for row in _plain(theirs, now)),
        key=lambda one: one[:2],
    )
    for sk, group in groupby(marked, key=lambda one: one[0]):
        sides = {side: row for _, side, row in group}
        left, right = sides.get(0), sides.get(1)
        if left is None or right is None:
            yield Difference((left or right or {})["pk"], sk, "", left, right)
            continue
        for name in sorted(left.keys() | right.keys()):
            if left.get(name) != right.get(name):
                yield Difference(left["pk"], sk, name, left.get(name), right.get(name))


def rows_in(table: WholeTable, guild_id: GuildId) -> Iterator[Item]:
    """Read the rows of a guild that the ledger tells of, in order of sort keys."""
    for kind in sorted(KINDS):
        yield from table.query(f"G#{guild_id}", kind)


def _plain(items: Iterator[Item], now: datetime) -> Iterator[dict[str, str]]:
    """Write each row as text by attribute, without what says nothing."""
    for item in items:
        if not item["sk"]["S"].startswith(KINDS):
            continue
        counts = not item["sk"]["S"].startswith("M#")
        row = {
            name: value
            for name, typed in item.items()
            if name not in LEFT_OUT
            and (value := _value(typed)) is not None
            and not (counts and "N" in typed and float(value) == 0)
        }
        if "ttl" in row and int(row["ttl"]) <= now.timestamp():
            continue
        if row.keys() - {"pk", "sk", "board", "ttl"}:
            yield row


def _value(typed: Mapping[str, object]) -> str | None:
    if typed.get("NULL"):
        return None
    [value] = typed.values()
    return value if isinstance(value, str) else repr(value)
