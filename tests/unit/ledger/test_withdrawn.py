"""What was recorded, never booked and withdrawn counts for nothing, whoever reads the ledger."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, by, open_between
from tests.fakes.comings import UNKNOWN, came, later_word
from tests.fakes.ledger import ClosedLedger, day
from tests.fakes.shelf import FakeShelf
from tests.unit.ledger import test_day_csv
from tests.unit.ledger.past import Past
from tests.unit.ledger.test_export import delivery, rows
from tests.unit.ledger.test_lookup import World
from tests.unit.staff.test_report import IDA, JIM, NOBODY, report
from usher.analytics.rules import figures_by_hour
from usher.attribution.wording import word_of
from usher.credit.rebuild import keep_books
from usher.ledger.line_codec import read_line, write_line
from usher.ledger.lines import Line, LineType, credit_id, withdrawal_of
from usher.ledger.options import Wanted
from usher.staff.report_found import Referrals

OPEN = open_between("abc", "def")


@pytest.fixture
def past() -> Past:
    """A join, a later word on it that was withdrawn, and no record of the member."""
    past = Past()
    join = past.join("7", 10, OPEN)
    past.put(withdrawal_of(past.correct(join, by("901", "def"), 60)))
    past.held.clear()
    return past


def test_a_withdrawal_is_read_as_it_was_written() -> None:
    line = withdrawal_of(came("7", at(0)), (4, 0))

    assert read_line(write_line(line)) == line
    assert line.timestamp == at(0)


def test_logs_lookups_and_exports_have_the_word_before(past: Past) -> None:
    world = World()
    world.past = past

    [entry] = past.page().entries
    export = delivery(past.reader, FakeShelf()).export(GUILD, Wanted(), "55", 10**6)
    [row] = rows(export.content or b"")

    assert entry.word == word_of(OPEN)
    assert world.found().word == word_of(OPEN)
    assert (row["Invite Code"], row["Outcome"]) == ("", "ambiguous")


def test_nobody_is_said_to_have_referred_whom_it_names(past: Past) -> None:
    line = Line(LineType.CREDIT, credit_id("g", IDA, "o"), at(5), GUILD, None, None, None)
    credit = past.put(replace(line, delta=2, staff_id=IDA))
    assert report(past)[0] == Referrals(IDA, unpaired=2)

    past.put(withdrawal_of(credit))

    assert report(past) == [Referrals(NOBODY), Referrals(IDA), Referrals(JIM)]


def test_the_csv_of_a_day_has_the_word_before() -> None:
    ledger = ClosedLedger()
    wrong = ledger.correct(ledger.join("1", 0, OPEN), by("901", "def"), 0)
    ledger.withdraw(wrong)
    ledger.close(1)

    test_day_csv.make(ledger, day(0))

    [row] = test_day_csv.rows(ledger, 0)
    assert row["Outcome"] == "ambiguous"


def test_figures_and_books_leave_it_out() -> None:
    join = came("1", at(0), UNKNOWN)
    wrong = later_word(join, by("900"), at(60))

    lines = [join, wrong, withdrawal_of(wrong)]

    assert figures_by_hour(lines) == figures_by_hour([join])
    assert keep_books(lines).members == keep_books([join]).members
    assert keep_books(lines).counters == {}
