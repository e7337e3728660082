"""Ledger lines as CSV that spreadsheets open without running or spoiling anything (SPEC 4.6).

One rule covers every cell: a leading apostrophe says that the rest is text, letter by letter. It
stands before ids, before text that a spreadsheet would run as a formula or turn into a number, a
date or a truth, and before text that itself begins with an apostrophe. So a program reads a cell
exactly by taking one leading apostrophe away, and a spreadsheet shows every digit of an id,
apostrophe included (docs/csv.md; tests/integration/spreadsheet opens one in LibreOffice).

Why so: spreadsheets keep 15 digits of a number, so an id must not look like one, and quoting does
not help. `="123"` would look better in Excel, but it is a formula, and programs would read it
wrong. A tab or an invisible space before the digits would be seen by nobody, which is worse than an
apostrophe that everybody sees.
"""

import csv
import io
import re
from collections.abc import Buffer, Iterable, Iterator, Mapping, Sequence
from typing import Final

from usher.attribution.wording import Word
from usher.ledger.lines import Line
from usher.times import format_time

HEADER: Final = (
    "Timestamp",
    "User ID",
    "Username",
    "Display Name",
    "Invite Code",
    "Staff ID",
    "Staff Username",
    "Uses Before",
    "Uses After",
    "Guild ID",
    "Guild Name",
    "Discriminator",
    "Event ID",
    "Outcome",
    "Kind",
    "Method",
    "Confidence",
    "Joined At",
    "Candidates",
)
"""The first eleven are SPEC 4.1's, in its order; further columns come after."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

_RUN: Final = re.compile(r"\s*[=+\-@＝＋－＠'\t\r\n]")
"""What begins like a formula, or like a mark of text."""

_EXACT: Final = re.compile(r"0|[1-9][0-9]{0,14}")
"""Numbers that a spreadsheet shows as they are written."""

_WORDS: Final = re.compile(r"[^\W\d_]+")
_READ: Final = re.compile(
    r"(jan|ene|gen|f[eé]b|f[eé]v|mar|m[aä]r|mrz|apr|abr|avr|ma[ijy]|mag|mei|jun|juin|giu|jul|juil|lug"
    r"|aug|ago|ao[uû]|sep|set|o[ck]t|ott|out|nov|de[cz]|d[eé]c|dic)[^\W\d_]*"
    r"|[adeptz]|[ap]m|uhr|usd|eur|gbp|chf|kr|r",
    re.IGNORECASE,
)
"""Words that a number may stand beside and be read as a date, time or amount, in some language."""
_TRUTHS: Final = frozenset(
    (
        *("true", "false", "wahr", "falsch", "vrai", "faux", "vero", "falso"),
        *("verdadero", "verdadeiro", "waar", "onwaar"),
    )
)


def as_text(text: str) -> str:
    """Write text so that a spreadsheet leaves it alone."""
    return f"'{text}" if _RUN.match(text) or _is_read(text) else text


def _is_read(text: str) -> bool:
    """Whether a spreadsheet makes a number, date, time, amount or truth of a text."""
    if (bare := text.strip()).isalpha():
        return bare.casefold() in _TRUTHS
    if _EXACT.fullmatch(text) or not any(map(str.isdigit, text)):
        return False
    return all(map(_READ.fullmatch, _WORDS.findall(text)))


def as_id(snowflake: str) -> str:
    """Write an id: always as text, so that a column is of one kind."""
    return f"'{snowflake}" if snowflake.isdigit() else as_text(snowflake)


def as_row(
    line: Line, word: Word, names: Mapping[str, str], staff_username: str | None
) -> Sequence[str]:
    """Write a join, with the last word on it, as one row; what is unknown stays empty."""
    return (
        format_time(line.timestamp),
        as_id(line.user_id or ""),
        as_text(names.get("username", "")),
        as_text(names.get("display_name", "")),
        as_text(word.code or ""),
        as_id(word.inviter_id or ""),
        as_text(staff_username or ""),
        _number(word.uses_before),
        _number(word.uses_after),
        as_id(line.guild_id),
        as_text(names.get("guild_name", "")),
        as_text(names.get("discriminator", "")),
        as_text(line.event_id),
        word.outcome.value,
        word.kind.value,
        word.method.value if word.method else "",
        word.confidence.value,
        "" if line.joined_at is None else format_time(line.joined_at),
        as_text(" ".join(word.candidates)),
    )


def as_file(rows: Iterable[Sequence[str]]) -> bytes:
    """Write header and rows: UTF-8 with byte order mark, lines ended by CR and LF (RFC 4180)."""
    return BYTE_ORDER_MARK + as_lines([HEADER]) + as_lines(rows)


def as_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows alone, to go on with a file that was begun."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def read_rows(chunks: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """Read a file that `as_file` wrote, row by row, every cell as the text that it stands for."""
    for row in csv.DictReader(_text(chunks), restval=""):
        yield {name: cell.removeprefix("'") for name, cell in row.items() if name is not None}


def raw_rows(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """Read a file row by row, the header first, every cell as it is written."""
    yield from csv.reader(_text(chunks))


def _text(chunks: Iterable[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_Chunks(chunks)), "utf-8-sig", "replace", newline="")


class _Chunks(io.RawIOBase):
    """A file to read from pieces."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        self._rest = self._rest or next((chunk for chunk in self._chunks if chunk), b"")
        view = memoryview(buffer).cast("B")
        taken, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
