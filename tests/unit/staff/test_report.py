"""Referrals are counted by the last words of the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at, by, by_vanity, open_between
from tests.unit.ledger.past import Past
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, credit_id
from usher.ledger.options import Wanted
from usher.ledger.patience import Patience, TooLongError
from usher.staff.report import StaffReport
from usher.staff.report_found import Referrals

DAY = 86400
IDA, JIM, NOBODY = UserId("900"), UserId("901"), UserId("5")


def report(past: Past, wanted: Wanted | None = None) -> list[Referrals]:
    counting = StaffReport(past.reader, Patience(lambda: at(0), timedelta(seconds=1)))
    return list(counting.referrals(GUILD, wanted or Wanted(), [NOBODY, IDA, JIM]))


def test_joins_those_present_and_those_gone_by_the_last_word() -> None:
    # Given joins, a correction of days later, a leave, and a rejoin whose leave was missed
    past = Past()
    past.join("1", 1, by("900"))
    past.leave(past.join("2", 2, by("900")), 50)
    moved = past.join("3", 3, by("900"))
    past.correct(moved, by("901"), 9 * DAY)
    opened = past.join("4", 4, open_between("a", "b"))
    past.correct(opened, by("901"), 60)
    past.join("5", 5, by("901"))
    past.join("5", 3 * DAY, by("900"))
    past.join("6", 6, by_vanity())

    assert report(past) == [
        Referrals(IDA, joined=3, left=1),
        Referrals(JIM, joined=3, left=1),
        Referrals(NOBODY),
    ]
    assert report(past)[0].present == 2


def test_uses_that_belong_to_no_single_join_are_counted_beside() -> None:
    past = Past()
    past.join("1", 1, by("901"))
    for seconds, delta in ((5, 2), (DAY, -1), (9 * DAY, 5)):
        id_ = credit_id("g", IDA, str(seconds))
        line = Line(LineType.CREDIT, id_, at(seconds), GUILD, None, None, None)
        past.put(replace(line, delta=delta, staff_id=IDA))

    assert report(past, Wanted(end=at(5 * DAY))) == [
        Referrals(IDA, unpaired=1),
        Referrals(JIM, joined=1),
        Referrals(NOBODY),
    ]


def test_a_span_counts_joins_within_it_with_what_came_of_them_later() -> None:
    past = Past()
    past.join("1", 0, by("900"))
    gone = past.join("2", DAY, by("900"))
    past.leave(gone, 5 * DAY)
    past.join("3", 2 * DAY, by("900"))

    [ida, *_] = report(past, Wanted(at(DAY), at(2 * DAY)))

    assert ida == Referrals(IDA, joined=1, left=1)


def test_imported_members_count_when_they_joined_and_imported_uses_at_no_time() -> None:
    # Given an import on the sixth day of somebody who joined on the second, and of uses
    past = Past()
    seen = past.join("1", DAY, by("900"), seen=5 * DAY)
    past.put(replace(seen, imported=True))
    credit = Line(LineType.CREDIT, credit_id("g", IDA, "x"), at(5 * DAY), GUILD, None, None, None)
    past.put(replace(credit, delta=7, staff_id=IDA, imported=True))

    assert Referrals(IDA, joined=1, unpaired=7) in report(past)
    assert Referrals(IDA, joined=1) in report(past, Wanted(at(0), at(2 * DAY)))
    assert Referrals(IDA) in report(past, Wanted(at(4 * DAY)))


def test_counting_ends_in_time() -> None:
    past = Past()
    past.join("1", 0)
    clock = iter(range(10))
    patience = Patience(lambda: at(next(clock) * 60), timedelta(seconds=1))

    with pytest.raises(TooLongError):
        StaffReport(past.reader, patience).referrals(GUILD, Wanted(), [IDA])
