"""Hours, days and weeks of a time zone, from counts of quarters of an hour. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.referrals.model import Counts

QUARTER: Final = timedelta(minutes=15)


class Unit(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """From Monday."""


@frozen
class Bucket:
    """An hour, day or week, and what happened in it."""

    start: datetime
    """In the time zone."""
    counts: Counts


type Quarter = tuple[datetime, Counts]
"""When a quarter of an hour began (UTC), and what was counted in it."""


def window(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Tell when days of a time zone begin and end, in UTC; the end is not theirs any more."""
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def series(
    quarters: Iterable[Quarter], unit: Unit, first: date, last: date, zone: tzinfo
) -> tuple[Bucket, ...]:
    """Sum quarters up from the first day to the last, both whole; empty buckets are there too."""
    begin, end = window(first, last, zone)
    sums: dict[datetime, Counts] = dict.fromkeys(_starts(unit, first, last, zone), Counts())
    for moment, counts in quarters:
        if begin <= moment < end:
            start = max(_start(unit, moment, zone), begin)
            sums[start] = sums.get(start, Counts()) + counts
    return tuple(Bucket(start.astimezone(zone), sums[start]) for start in sorted(sums))


def _starts(unit: Unit, first: date, last: date, zone: tzinfo) -> Iterator[datetime]:
    """Tell all buckets' begins in UTC: a week that began before is cut at the first day."""
    if unit is Unit.HOUR:
        begin, end = window(first, last, zone)
        while begin < end:
            yield begin
            begin = _start(unit, begin + timedelta(hours=1), zone)
        return
    day = first
    while day <= last:
        yield _midnight(day, zone)
        day += timedelta(days=1 if unit is Unit.DAY else 7 - day.weekday())


def _start(unit: Unit, moment: datetime, zone: tzinfo) -> datetime:
    """Tell in UTC when the bucket began that holds a moment."""
    local = moment.astimezone(zone)
    if unit is Unit.HOUR:
        return moment - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
    day = local.date()
    if unit is Unit.WEEK:
        day -= timedelta(days=day.weekday())
    return _midnight(day, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
