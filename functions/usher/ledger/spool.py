"""Joins put in order on disk, so that an export or report of any size takes the same memory.

A later word may come days after its join, and joins are wanted in order of time, so all lines have
to be seen before the first is told. SQLite keeps them in a temporary file of its own, which
ends with the connection.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.attribution.wording import Word
from usher.ids import InviteCode, UserId
from usher.ledger.line_codec import read_line, write_line
from usher.ledger.lines import LATER_WORDS, Line, LineType
from usher.ledger.names import names_of
from usher.ledger.patience import TooLongError
from usher.ledger.word_codec import read_word, word_fields
from usher.times import format_time

_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -8192; -- KiB
CREATE TABLE joins (
  event_id TEXT PRIMARY KEY, timestamp TEXT, user_id TEXT, joined TEXT, line BLOB
) WITHOUT ROWID;
CREATE TABLE leaves (user_id TEXT, joined TEXT, PRIMARY KEY (user_id, joined)) WITHOUT ROWID;
CREATE TABLE later (
  line TEXT, event_id TEXT, timestamp TEXT, word TEXT, PRIMARY KEY (event_id, line)
) WITHOUT ROWID;
CREATE TABLE withdrawn (line TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIEW words AS SELECT event_id, word, max(timestamp) FROM later
  WHERE line NOT IN (SELECT line FROM withdrawn) GROUP BY event_id;
CREATE TABLE names (event_id TEXT PRIMARY KEY, names TEXT, staff_id TEXT, staff TEXT) WITHOUT ROWID;
"""
_MEMBERSHIPS: Final = """
SELECT line, word, EXISTS (
  SELECT 1 FROM leaves WHERE leaves.user_id = joins.user_id AND leaves.joined = joins.joined
) OR EXISTS (
  SELECT 1 FROM joins AS later
  WHERE later.user_id = joins.user_id AND later.joined > joins.joined
)
FROM joins LEFT JOIN words USING (event_id)
"""


@dataclass(frozen=True, slots=True)
class Membership:
    """A join, the last word on it, and whether that membership has ended."""

    line: Line
    word: Word
    ended: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A join with the last word on it, and the names that a closed day's CSV told."""

    line: Line
    word: Word
    names: Mapping[str, str] | None
    """None when no CSV told any: they are to be looked up."""
    staff: str | None
    """The name of the word's inviter, where the CSV told it."""


class Spool:
    """Takes lines and names in any order; gives joins in order of time, each once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(_TABLES)

    def take(self, line: Line) -> None:
        """Take a line that tells of memberships. Of one event the earliest join counts."""
        at = format_time(line.timestamp)
        joined = None if line.joined_at is None else format_time(line.joined_at)
        if line.type is LineType.JOIN:
            self._db.execute(
                "INSERT INTO joins VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " timestamp = excluded.timestamp, line = excluded.line"
                " WHERE excluded.timestamp < timestamp",
                (line.event_id, at, line.user_id, joined, write_line(line)),
            )
        elif line.type in LATER_WORDS and line.word is not None:
            self._db.execute(
                "INSERT OR IGNORE INTO later VALUES (?, ?, ?, ?)",
                (line.event_id, line.corrects, at, json.dumps(word_fields(line.word))),
            )
        elif line.type is LineType.WITHDRAWAL:
            self._db.execute("INSERT OR IGNORE INTO withdrawn VALUES (?)", (line.corrects,))
        elif line.type is LineType.LEAVE and joined is not None:
            told = line.user_id, joined
            self._db.execute("INSERT OR IGNORE INTO leaves VALUES (?, ?)", told)

    def name(self, row: Mapping[str, str]) -> None:
        """Take a row of a closed day's CSV."""
        names = json.dumps(names_of(row))
        told = row["Event ID"], names, row["Staff ID"], row["Staff Username"]
        self._db.execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", told)

    def joins(
        self,
        start: datetime | None,
        end: datetime | None,
        wanted: Callable[[Line, Word], bool],
    ) -> Iterator[Found]:
        """Give the wanted joins with start <= timestamp < end; None for no bound."""
        found = self._db.execute(
            "SELECT line, word, names, staff_id, staff FROM joins LEFT JOIN words USING (event_id)"
            " LEFT JOIN names USING (event_id) WHERE joins.timestamp >= ? AND joins.timestamp < ?"
            " ORDER BY joins.timestamp, event_id",
            ("" if start is None else format_time(start), "~" if end is None else format_time(end)),
        )
        for content, said, names, staff_id, staff in found:
            line = read_line(content)
            word = line.word if said is None else read_word(json.loads(said))
            if word is not None and wanted(line, word):
                known = staff if staff and staff_id == word.inviter_id else None
                yield Found(line, word, None if names is None else json.loads(names), known)

    def memberships(self) -> Iterator[Membership]:
        """Give all joins, in no order, with what became of the membership."""
        self._db.execute("CREATE INDEX IF NOT EXISTS of_user ON joins (user_id, joined)")
        for content, said, ended in self._db.execute(_MEMBERSHIPS):
            line = read_line(content)
            word = line.word if said is None else read_word(json.loads(said))
            if word is not None:
                yield Membership(line, word, bool(ended))


@contextmanager
def spool() -> Iterator[Spool]:
    """Open a spool; what it holds ends with it. Raises TooLongError when the disk is full."""
    with closing(sqlite3.connect("", check_same_thread=False)) as connection:
        try:
            yield Spool(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise TooLongError from error
            raise


def wanted(user_id: UserId | None, code: InviteCode | None) -> Callable[[Line, Word], bool]:
    """Choose joins of one member, or whose last word names a code; None for any."""

    def is_wanted(line: Line, word: Word) -> bool:
        return user_id in (None, line.user_id) and code in (None, word.code)

    return is_wanted
