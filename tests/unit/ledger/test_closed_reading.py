"""Lines are the same whether their days are closed or not."""

from tests.builders import GUILD, by
from tests.fakes.ledger import ClosedLedger, day
from tests.fakes.objects import FakeObjects, Inline
from usher.ledger.closed import ClosedDays
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
