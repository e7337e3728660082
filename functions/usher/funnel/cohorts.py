"""Who joined in a week: how many stayed, how many converted. Pure.

Of a number of days after the join only those are asked who joined so long ago: the others can still
leave or convert.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from usher.frozen import frozen
from usher.funnel.measure import Cell, Rate
from usher.funnel.tallies import AFTER_DAYS, LOST, WON


@frozen
class Cohort:
    """Who joined in a week (UTC, from Monday)."""

    week: date
    joined: int
    stayed: Mapping[int, Rate]
    """By days after the join: who was still there, of those who joined so long ago."""
    converted: Mapping[int, Rate]


def cohorts(cells: Iterable[Cell], now: datetime) -> tuple[Cohort, ...]:
    """Sum days up to weeks, oldest first; weeks in which nobody joined are left out."""
    weeks: dict[date, list[Cell]] = {}
    for cell in cells:
        if cell.counts.joins:
            weeks.setdefault(monday(cell.day), []).append(cell)
    return tuple(_cohort(week, weeks[week], now) for week in sorted(weeks))


def monday(day: date) -> date:
    """Tell the first day of a week."""
    return day - timedelta(days=day.weekday())


def _cohort(week: date, cells: list[Cell], now: datetime) -> Cohort:
    stayed, converted = {}, {}
    for days in AFTER_DAYS:
        ripe = [one for one in cells if _over(one.day, days) <= now]
        joined = sum(one.counts.joins for one in ripe)
        lost = sum(one.cohort.get(LOST.format(days=days), 0) for one in ripe)
        won = sum(one.cohort.get(WON.format(days=days), 0) for one in ripe)
        stayed[days], converted[days] = Rate(joined - lost, joined), Rate(won, joined)
    return Cohort(week, sum(one.counts.joins for one in cells), stayed, converted)


def _over(day: date, days: int) -> datetime:
    """Tell when everybody who joined on a day has had so many days."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days + 1)
