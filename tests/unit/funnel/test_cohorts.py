"""Weeks of joining: who stayed and who converted, of those who joined long enough ago."""

from datetime import UTC, date, datetime, timedelta

from tests.referring import CODE
from usher.funnel.cohorts import cohorts
from usher.funnel.measure import Cell, Rate
from usher.referrals.model import Counts

MONDAY = date(2026, 11, 16)


def day(after: int, joins: int, **cohort: int) -> Cell:
    return Cell(MONDAY + timedelta(days=after), "", CODE, Counts(joins=joins), cohort)


def test_days_add_up_to_weeks_from_monday() -> None:
    cells = [day(-1, 2), day(0, 3), day(6, 4), day(7, 5), day(8, 0)]

    found = cohorts(reversed(cells), datetime(2027, 5, 1, tzinfo=UTC))

    assert [(one.week, one.joined) for one in found] == [
        (MONDAY - timedelta(days=7), 2),
        (MONDAY, 7),
        (MONDAY + timedelta(days=7), 5),
    ]


def test_only_days_long_enough_ago_are_asked() -> None:
    cells = [
        day(0, 10, lost_1=1, lost_7=3, lost_30=4, won_1=2, won_7=5),
        day(2, 6, lost_1=2, won_1=1),
    ]
    [one] = cohorts(cells, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))

    assert one.joined == 16
    assert one.stayed == {1: Rate(13, 16), 7: Rate(7, 10), 30: Rate(0, 0)}
    assert one.converted == {1: Rate(3, 16), 7: Rate(5, 10), 30: Rate(0, 0)}
    [before] = cohorts(cells, datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert before.stayed[7] == Rate(0, 0)
