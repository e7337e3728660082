"""Lines are the same whether their days are closed or not."""

import pytest

from tests.builders import GUILD, by, open_between
from tests.fakes.ledger import ClosedLedger, day
from tests.fakes.objects import FakeObjects, Inline
from usher.ledger.chain import ChainError
from usher.ledger.closed import ClosedDays
from usher.ledger.csv_form import read_rows
from usher.ledger.day_csv import DayCsv
from usher.ledger.export import Choice, LedgerExport
from usher.ledger.keys import closed_key
from usher.ledger.lines import Line
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore


def read(
    ledger: ClosedLedger, first: int | None = None, last: int | None = None, *, closed: bool = True
) -> list[Line]:
    store = LedgerStore(ledger.objects, lambda: ledger.now)
    reader = LedgerReader(store, Inline(), ClosedDays(ledger.objects) if closed else None)
    days = (None if number is None else day(number) for number in (first, last))
    return sorted(reader.lines(GUILD, *days), key=lambda line: line.event_id)


def tell() -> ClosedLedger:
    """Three closed days, lines that came late in and out of a link, and an open day."""
    ledger = ClosedLedger()
    corrected = ledger.join("1", 0)
    ledger.join("2", 1)
    ledger.close(1)
    ledger.close(2)
    ledger.join("3", 0)
    ledger.join("4", 2)
    ledger.close(3)
    ledger.join("5", 1)
    ledger.join("6", 4)
    ledger.correct(corrected, by("901"), 4)
    return ledger


def test_closed_and_single_lines_are_the_same_each_once() -> None:
    ledger = tell()

    for first in (None, 0, 1, 3, 4):
        for last in (None, 0, 2, 4):
            assert read(ledger, first, last) == read(ledger, first, last, closed=False)
    assert len(read(ledger)) == 7


def test_closed_days_are_read_from_their_files() -> None:
    ledger = tell()
    whole = read(ledger)
    assert isinstance(ledger.objects, FakeObjects)
    for key in ledger.objects.under(f"lines/guild={GUILD}/dt={day(0)}"):
        del ledger.objects.held[key]

    assert read(ledger) == whole


def test_days_long_after_are_not_read_unless_lines_came_late() -> None:
    # Given a closed day with a late line, and one without whose file is gone
    ledger = tell()
    ledger.close(4)
    ledger.join("7", 6)
    ledger.close(6)
    assert isinstance(ledger.objects, FakeObjects)
    del ledger.objects.held[closed_key(GUILD, day(6))]

    assert read(ledger, 0, 2) == read(ledger, 0, 2, closed=False)
    with pytest.raises(ChainError):
        read(ledger, 0, 6)


def export(ledger: ClosedLedger, *, closed: bool) -> list[dict[str, str]]:
    store = LedgerStore(ledger.objects, lambda: ledger.now)
    reader = LedgerReader(store, Inline(), ClosedDays(ledger.objects) if closed else None)
    made = LedgerExport(reader, Inline(), lambda: ledger.now)
    return list(read_rows(made.pieces(Choice(GUILD))))


def test_an_export_is_the_same_from_closed_days_and_reads_no_object_a_line() -> None:
    # Given closed days with their CSV
    ledger = ClosedLedger()
    for number in range(30):
        ledger.join(str(number), number % 3, open_between("a", "b") if number % 5 else None)
    ledger.close(3)
    csv = DayCsv(ledger.objects, Inline())
    for link in csv.missing(GUILD, day(0)):
        csv.make(link)
    ledger.correct(ledger.join("x", 4), by("901", "def"), 4)

    rows = export(ledger, closed=True)

    assert rows == export(ledger, closed=False)
    assert len(rows) == 31
    assert rows == sorted(rows, key=lambda row: row["Timestamp"])
    # and when lines and names have gone, the closed files tell the same
    assert isinstance(ledger.objects, FakeObjects)
    for number in range(3):
        for key in ledger.objects.under(f"lines/guild={GUILD}/dt={day(number)}"):
            del ledger.objects.held[key]
    users = {row["User ID"] for row in rows} - {"x"}
    for user in users:
        for key in ledger.objects.under(f"names/guild={GUILD}/user={user}/"):
            del ledger.objects.held[key]
    assert export(ledger, closed=True) == rows
