"""Joins as CSV without the names that were erased; all else stays as it was. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import batched
from typing import Final

from usher.ids import UserId
from usher.ledger.csv_form import BYTE_ORDER_MARK, as_lines, raw_rows
from usher.ledger.erasure import Erasure
from usher.times import parse_time

ROWS: Final = 256
JOINER: Final = ("Username", "Display Name", "Discriminator")
"""What a row tells of the member who joined, beside their id."""
STAFF: Final = "Staff Username"

type Erased = Mapping[UserId, Erasure]


def blanked(chunks: Iterable[bytes], erased: Erased) -> Iterator[bytes]:
    """Write a file of joins again, piece by piece, without names that were erased."""
    rows = raw_rows(chunks)
    header = next(rows, [])
    yield BYTE_ORDER_MARK + as_lines([header])
    for some in batched(rows, ROWS, strict=False):
        yield as_lines(_blank(header, row, erased) for row in some)


def names_erased(chunks: Iterable[bytes], erased: Erased) -> bool:
    """Whether a file of joins holds a name that was erased."""
    rows = raw_rows(chunks)
    header = next(rows, [])
    return any(_blank(header, row, erased) != row for row in rows)


def _blank(header: list[str], row: list[str], erased: Erased) -> list[str]:
    cells = dict(zip(header, row, strict=False))
    at = _joined(cells)
    member, staff = (
        erased.get(UserId(cells.get(column, "").removeprefix("'")))
        for column in ("User ID", "Staff ID")
    )
    gone: set[str] = set()
    if member is not None and member.covers(at):
        gone.update(JOINER)
    if staff is not None and staff.covers(at):
        gone.add(STAFF)
    if not gone:
        return row
    return ["" if name in gone else cell for name, cell in zip(header, row, strict=False)]


def _joined(cells: Mapping[str, str]) -> datetime | None:
    try:
        return parse_time(cells.get("Joined At") or cells.get("Timestamp", ""))
    except ValueError:
        return None
