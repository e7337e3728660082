"""Joins with the last word on each, put in order on disk: memory stays flat at any number.

A correction may come days after its join and a large ledger does not fit a function's memory. So
lines go to a database of their own in a temporary file, which SQLite removes when it is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from usher.attribution.wording import Word
from usher.ledger.lines import LATER_WORDS, Line, LineType, read_line, write_line
from usher.ledger.options import Wanted
from usher.times import format_time

CACHE_KIB: Final = 8 * 1024
AT_ONCE: Final = 256

_SCHEMA: Final = """
CREATE TABLE joins (event_id TEXT PRIMARY KEY, at TEXT, user_id TEXT, joined TEXT, line BLOB);
CREATE TABLE words (event_id TEXT PRIMARY KEY, at TEXT, line BLOB);
CREATE TABLE leaves (user_id TEXT, joined TEXT, PRIMARY KEY (user_id, joined));
"""
_JOIN: Final = """
INSERT INTO joins VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET at = excluded.at, line = excluded.line WHERE excluded.at < at
"""
_WORD: Final = """
INSERT INTO words VALUES (?, ?, ?) ON CONFLICT DO UPDATE
SET at = excluded.at, line = excluded.line WHERE excluded.at >= at
"""
_READ: Final = """
SELECT joins.line, words.line,
  EXISTS (SELECT 1 FROM leaves
          WHERE leaves.user_id = joins.user_id AND leaves.joined = joins.joined)
  OR EXISTS (SELECT 1 FROM joins AS later
             WHERE later.user_id = joins.user_id AND later.joined > joins.joined)
FROM joins LEFT JOIN words USING (event_id)
WHERE (:start IS NULL OR joins.at >= :start) AND (:end IS NULL OR joins.at < :end)
ORDER BY joins.at, joins.event_id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A join, the last word on it, and whether that membership has ended."""

    line: Line
    word: Word
    ended: bool


class ToldJoins:
    """Takes lines in any order and gives joins back in order of time. Of one thread."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a file that has no name
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -{CACHE_KIB};{_SCHEMA}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def fill(self, lines: Iterable[Line]) -> None:
        """Take lines in. The earliest of a join's lines stands, the latest of its words."""
        execute = self._database.execute
        for line in lines:
            at = format_time(line.timestamp)
            joined = None if line.joined_at is None else format_time(line.joined_at)
            if line.type is LineType.JOIN:
                execute(_JOIN, (line.event_id, at, line.user_id, joined, write_line(line)))
            elif line.type in LATER_WORDS and line.word is not None:
                execute(_WORD, (line.corrects, at, write_line(line)))
            elif line.type is LineType.LEAVE and joined is not None:
                execute("INSERT OR IGNORE INTO leaves VALUES (?, ?)", (line.user_id, joined))
        execute("CREATE INDEX IF NOT EXISTS of_user ON joins (user_id, joined)")

    def joins(self, wanted: Wanted) -> Iterator[Told]:
        """Give the joins that are wanted, in order of time and then of event id."""
        bounds = {
            "start": None if wanted.start is None else format_time(wanted.start),
            "end": None if wanted.end is None else format_time(wanted.end),
        }
        rows = self._database.execute(_READ, bounds)
        rows.arraysize = AT_ONCE
        for content, later, ended in rows:
            line = read_line(content)
            word = line.word if later is None else read_line(later).word
            if word is not None and wanted.code in (None, word.code):
                yield Told(line, word, bool(ended))
