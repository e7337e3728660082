"""Hours, days and weeks of any time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.funnel.buckets import Bucket, Unit, series, window
from usher.referrals.model import Counts

BERLIN = ZoneInfo("Europe/Berlin")
ONE = Counts(clicks=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(buckets: tuple[Bucket, ...]) -> dict[str, int]:
    return {one.start.isoformat(): one.counts.clicks for one in buckets if one.counts.clicks}


def test_a_day_is_the_zones_day() -> None:
    quarters = [
        (utc("2026-11-20T22:45"), ONE),
        (utc("2026-11-20T23:00"), ONE),
        (utc("2026-11-21T22:45"), ONE),
        (utc("2026-11-21T23:00"), ONE),
    ]

    found = series(quarters, Unit.DAY, date(2026, 11, 21), date(2026, 11, 22), BERLIN)

    assert [one.counts.clicks for one in found] == [2, 1]
    assert found[0].start.isoformat() == "2026-11-21T00:00:00+01:00"


def test_kathmandu_is_45_minutes_off_and_exact() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    quarters = [(utc("2026-11-20T18:00"), ONE), (utc("2026-11-20T18:15"), ONE)]

    day = date(2026, 11, 21)
    assert shown(series(quarters, Unit.DAY, day, day, zone)) == {"2026-11-21T00:00:00+05:45": 1}
    hours = series(quarters, Unit.HOUR, day - timedelta(days=1), day, zone)
    assert shown(hours) == {"2026-11-20T23:00:00+05:45": 1, "2026-11-21T00:00:00+05:45": 1}


def test_the_day_the_clock_goes_back_has_25_hours_and_the_other_23() -> None:
    back, on = date(2026, 10, 25), date(2026, 3, 29)
    twice = [(utc("2026-10-25T00:30"), ONE), (utc("2026-10-25T01:30"), ONE)]

    hours = series(twice, Unit.HOUR, back, back, BERLIN)

    assert len(hours) == 25
    assert shown(hours) == {"2026-10-25T02:00:00+02:00": 1, "2026-10-25T02:00:00+01:00": 1}
    assert len(series((), Unit.HOUR, on, on, BERLIN)) == 23


def test_weeks_begin_on_monday_and_the_first_is_cut() -> None:
    quarters = [(utc("2026-11-20T12:00"), ONE), (utc("2026-11-23T12:00"), ONE)]

    found = series(quarters, Unit.WEEK, date(2026, 11, 19), date(2026, 11, 24), BERLIN)

    assert shown(found) == {"2026-11-19T00:00:00+01:00": 1, "2026-11-23T00:00:00+01:00": 1}


@pytest.mark.parametrize("unit", Unit)
@given(
    first=st.dates(date(2020, 1, 1), date(2028, 1, 1)),
    days=st.integers(0, 20),
    zone=st.sampled_from(
        [
            "UTC",
            "Europe/Berlin",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "Africa/Cairo",
            "Pacific/Apia",
            "America/Havana",
        ]
    ),
    after=st.lists(st.integers(-200, 2500)),
)
def test_nothing_is_lost_and_buckets_touch(
    unit: Unit, first: date, days: int, zone: str, after: list[int]
) -> None:
    there, last = ZoneInfo(zone), first + timedelta(days=days)
    begin, end = window(first, last, there)
    quarters = [(begin + timedelta(minutes=15 * one), ONE) for one in after]

    found = series(quarters, unit, first, last, there)

    inside = sum(begin <= moment < end for moment, _ in quarters)
    assert sum(one.counts.clicks for one in found) == inside
    starts = [one.start.astimezone(UTC) for one in found]
    assert starts == sorted(set(starts))
    assert starts[0] == begin
    assert starts[-1] < end
