"""What is shown of a span."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.fakes.comings import UNKNOWN, came, went
from usher.analytics.figures import Figures, total
from usher.analytics.queries import Bar, Span, Total
from usher.analytics.rules import figures_by_hour
from usher.analytics.spans import week_of
from usher.analytics.summary import MOST_BARS, Known, days_to_read, summarise
from usher.ledger.lines import Line

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def known(*lines: Line, since: datetime = LONG_AGO) -> Known:
    days: dict[date, Figures] = {}
    weeks: dict[date, Figures] = {}
    first, _ = days_to_read(NOW)
    for hour, figures in figures_by_hour(lines).items():
        day = hour.date()
        if day >= first:
            days[day] = days.get(day, Figures()) + figures
        else:
            weeks[week_of(day)] = weeks.get(week_of(day), Figures()) + figures
    return Known(days, weeks, since=since)


def test_a_guild_never_seen_has_an_empty_summary() -> None:
    for span in Span:
        summary = summarise(span, Known(), NOW)
        assert summary.total == Total()
        assert summary.since is None
        assert summary.before is None
        assert summary.known is None


def test_a_week_has_seven_days_and_is_compared_with_the_seven_before() -> None:
    lines = [came(str(day), ago(days=day)) for day in range(14)]
    gone = went(lines[1], timedelta(hours=2))

    summary = summarise(Span.WEEK, known(*lines, gone), NOW)

    assert [bar.joins for bar in summary.bars] == [1] * 7
    assert summary.bars[0].start == datetime(2026, 11, 14, tzinfo=UTC)
    assert summary.bars[5] == Bar(datetime(2026, 11, 19, tzinfo=UTC), 1, 1)
    assert summary.total == Total(7, 1)
    assert summary.total.net == 6
    assert summary.before == Total(7, 0)
    assert summary.here == pytest.approx(6 / 7)
    assert summary.hours[12] == 7


def test_today_goes_by_hours_and_is_compared_up_to_the_same_hour() -> None:
    lines = [
        came("1", ago(hours=1)),
        came("2", ago(hours=25)),
        came("3", ago(hours=20)),  # later yesterday than it is now
    ]

    summary = summarise(Span.DAY, known(*lines), NOW)

    assert len(summary.bars) == 24
    assert summary.total == Total(1)
    assert summary.before == Total(1)


def test_there_is_nothing_to_compare_with_where_usher_did_not_watch() -> None:
    watched = known(came("1", ago(days=1)), since=ago(days=13))

    assert summarise(Span.DAY, watched, NOW).before == Total(1)
    assert summarise(Span.WEEK, watched, NOW).before is None
    assert summarise(Span.ALL, watched, NOW).before is None


def test_days_before_usher_watched_are_left_out() -> None:
    imported = replace(came("1", ago(days=5), seen=ago(days=2)), imported=True)

    summary = summarise(Span.WEEK, known(imported, came("2", ago(days=1)), since=ago(days=2)), NOW)

    assert summary.total == Total(1)
    assert summary.kinds == {"invite": 1}


def test_known_and_unknown_inviters_and_people_who_come_twice() -> None:
    lines = [came("1", ago(days=3)), came("1", ago(days=2)), came("2", ago(days=1), UNKNOWN)]

    summary = summarise(Span.WEEK, known(*lines), NOW)

    assert summary.people == 2
    assert summary.known == pytest.approx(2 / 3)
    assert summary.kinds == {"invite": 2, "unknown": 1}


def test_who_stayed_is_told_of_joins_that_are_long_enough_ago() -> None:
    lines = [came(str(n), ago(days=n)) for n in range(2, 60)]
    lost = [
        went(came("2", ago(days=2)), timedelta(hours=3)),
        went(came("20", ago(days=20)), timedelta(days=3)),
        went(came("40", ago(days=40)), timedelta(days=12)),
        went(came("50", ago(days=50)), timedelta(days=31)),
    ]

    summary = summarise(Span.WEEK, known(*lines, *lost), NOW)

    one, seven, thirty = (stayed.share for stayed in summary.stayed)
    assert one == pytest.approx(1 - 1 / 58)
    # Joins of the last eight days are not a week old, and not judged yet.
    assert seven == pytest.approx(1 - 1 / 52)
    assert thirty == pytest.approx(1 - 1 / 29)


def test_nobody_has_stayed_yet_where_the_first_day_is_not_over() -> None:
    summary = summarise(Span.WEEK, known(came("1", ago(days=3)), since=ago(days=3)), NOW)

    assert [stayed.share for stayed in summary.stayed] == [None] * 3


@pytest.mark.parametrize(
    ("days", "bars"), [(0, 1), (10, 11), (44, 45), (45, 7), (400, 58), (1053, 51)]
)
def test_all_time_is_cut_into_few_steps_that_hold_everything(days: int, bars: int) -> None:
    since = ago(days=days)
    lines = [came(str(n), ago(days=n)) for n in range(days + 1)]

    summary = summarise(Span.ALL, known(*lines, since=since), NOW)

    assert len(summary.bars) == bars <= MOST_BARS
    assert sum(bar.joins for bar in summary.bars) == days + 1 == summary.total.joins
    assert summary.bars[-1].start <= NOW


def test_all_figures_are_what_the_lines_say_in_sum() -> None:
    lines = [came(str(n), ago(hours=7 * n)) for n in range(200)]
    whole = total(figures_by_hour(lines).values())

    assert summarise(Span.ALL, known(*lines), NOW).total.joins == sum(whole.joins.values())
