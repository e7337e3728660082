"""The CSV of a closed day is made from the lines and the names that are kept."""

from datetime import date

from tests.builders import GUILD, by, by_vanity, open_between
from tests.fakes.ledger import ClosedLedger, day
from tests.fakes.objects import FakeObjects, Inline
from usher.ids import UserId
from usher.ledger.closed import ClosedDays
from usher.ledger.csv_form import HEADER, read_rows
from usher.ledger.day_csv import DayCsv
from usher.ledger.keys import csv_key
from usher.ledger.names import names_prefix


def make(ledger: ClosedLedger, first: date) -> list[date]:
    csv = DayCsv(ledger.objects, Inline())
    made = list(csv.missing(GUILD, first))
    for link in made:
        csv.make(link)
    return [link.day for link in made]


def rows(ledger: ClosedLedger, number: int) -> list[dict[str, str]]:
    content = ledger.objects.get(csv_key(GUILD, day(number)))
    assert content is not None
    return list(read_rows([content]))


def tell() -> ClosedLedger:
    ledger = ClosedLedger()
    ledger.correct(ledger.join("1", 0, open_between("abc", "def")), by("901", "def"), 0)
    ledger.join("2", 0, by_vanity())
    ledger.join("3", 1)
    ledger.close(2)
    return ledger


def test_a_row_is_a_join_with_its_names_and_the_last_word_of_its_day() -> None:
    ledger = tell()

    assert make(ledger, day(0)) == [day(0), day(1)]

    first, second = rows(ledger, 0)
    assert tuple(first) == HEADER
    assert (first["User ID"], first["Username"], first["Invite Code"]) == ("1", "user1", "def")
    assert (first["Staff ID"], first["Outcome"]) == ("901", "attributed")
    assert (second["Staff ID"], second["Staff Username"]) == ("VANITY", "")
    [third] = rows(ledger, 1)
    assert (third["Staff ID"], third["Staff Username"]) == ("900", "name of 900")


def test_only_what_is_missing_is_made() -> None:
    ledger = tell()
    assert isinstance(ledger.objects, FakeObjects)
    make(ledger, day(1))
    assert make(ledger, day(1)) == []
    assert make(ledger, day(0)) == [day(0)]

    del ledger.objects.held[csv_key(GUILD, day(1))]
    assert make(ledger, day(0)) == [day(1)]


def test_made_again_after_an_erasure_the_names_are_gone_and_the_joins_are_not() -> None:
    ledger = tell()
    assert isinstance(ledger.objects, FakeObjects)
    make(ledger, day(0))
    for key in ledger.objects.under(names_prefix(GUILD, UserId("1"))):
        del ledger.objects.held[key]

    DayCsv(ledger.objects, Inline()).make(ClosedDays(ledger.objects).link(GUILD, day(0)))

    assert [row["Username"] for row in rows(ledger, 0)] == ["", "user2"]
