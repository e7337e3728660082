"""From lines to the figures of an hour."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import by
from tests.fakes.comings import UNKNOWN, because, came, later_word, went
from usher.analytics.figures import Figures, read_figures, total, write_figures
from usher.analytics.rules import figures_by_hour
from usher.attribution.causes import Cause
from usher.attribution.outcomes import Kind, Reason, Unattributed
from usher.ledger.lines import Line, LineType

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def counted(*lines: Line) -> Figures:
    return total(figures_by_hour(lines).values())


def test_a_join_counts_to_its_hour_and_its_day() -> None:
    figures = counted(came("1", after(minutes=5)), came("2", after(minutes=50), UNKNOWN))

    assert figures.joins == {NOON: 2}
    assert figures.days == {DAY: {"kind.invite": 1, "kind.unknown": 1, "attributed": 1}}
    assert figures.joiners.count() == 2


def test_a_join_that_is_seen_late_counts_to_the_hour_of_joining() -> None:
    figures = figures_by_hour([came("1", NOON, seen=after(hours=3))])

    assert list(figures) == [after(hours=3)]
    assert figures[after(hours=3)].joins == {NOON: 1}


def test_a_later_word_takes_the_one_before_back() -> None:
    join = came("1", NOON, UNKNOWN)

    figures = counted(join, later_word(join, by("900"), after(hours=6)))

    assert figures.joins == {NOON: 1}
    assert figures.days == {DAY: {"kind.invite": 1, "attributed": 1}}


def test_a_rejoin_is_a_second_join_of_the_same_person() -> None:
    figures = counted(came("1", NOON), came("1", after(hours=1)))

    assert sum(figures.joins.values()) == 2
    assert figures.joiners.count() == 1


@pytest.mark.parametrize(
    ("stay", "lost"),
    [
        (timedelta(minutes=1), {"lost.1": 1}),
        (timedelta(days=1), {"lost.7": 1}),
        (timedelta(days=6, hours=23), {"lost.7": 1}),
        (timedelta(days=29), {"lost.30": 1}),
        (timedelta(days=30), {}),
    ],
)
def test_a_leave_counts_to_the_day_of_joining_by_how_long_they_stayed(
    stay: timedelta, lost: dict[str, int]
) -> None:
    figures = counted(went(came("1", NOON), stay, Cause.KICKED))

    gone = NOON + stay
    numbers = {name: n for day in figures.days.values() for name, n in day.items()}
    assert numbers == {"left.kicked": 1, **lost}
    assert list(figures.leaves) == [gone.replace(minute=0)]


def test_a_cause_told_after_the_leave_takes_its_place_across_hours_too() -> None:
    leave = went(came("1", NOON), timedelta(minutes=59, seconds=58), Cause.LEFT)
    cause = because(leave, Cause.BANNED, timedelta(seconds=5))

    hours = figures_by_hour([leave, cause])

    assert hours[NOON].days[DAY]["left.left"] == 1
    assert hours[after(hours=1)].days == {DAY: {"left.left": -1, "left.banned": 1}}
    assert counted(leave, cause).days == {DAY: {"left.banned": 1, "lost.1": 1}}


def test_who_did_it_and_the_same_cause_again_count_once() -> None:
    leave = went(came("1", NOON), timedelta(minutes=5), Cause.KICKED)
    again = because(leave, Cause.KICKED, timedelta(seconds=5))
    weaker = because(leave, Cause.PRUNED, timedelta(seconds=9))

    assert counted(leave, again, weaker).days == {DAY: {"left.kicked": 1, "lost.1": 1}}


def test_one_event_on_both_sides_of_midnight_counts_once() -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    first = came("1", midnight - timedelta(seconds=2))
    second = replace(first, timestamp=midnight + timedelta(seconds=1))

    assert counted(first, second).joins == {midnight - timedelta(hours=1): 1}


def test_bots_are_told_apart_and_leave_nothing_else() -> None:
    bot = came("1", NOON, Unattributed(Reason.BOT_ADDED, Kind.BOT))

    figures = counted(bot, went(bot, timedelta(minutes=5)))

    assert figures == Figures(days={DAY: {"kind.bot": 1}})


def test_what_an_import_tells_of_long_ago_is_passed_over() -> None:
    old = replace(came("1", after(days=-41), seen=NOON), imported=True)
    new = replace(came("2", after(days=-2), seen=NOON), imported=True)

    figures = counted(old, new)

    assert figures.joins == {after(days=-2): 1}
    assert figures.joiners.count() == 0


def test_lines_of_no_coming_and_going_are_passed_over() -> None:
    others = [
        replace(came(str(number), NOON), type=type_)
        for number, type_ in enumerate(LineType)
        if type_ not in (LineType.JOIN, LineType.LEAVE)
    ]

    assert counted(*others).joins == {}


def test_figures_are_read_as_they_were_written() -> None:
    join = came("1", NOON)
    figures = counted(join, went(join, timedelta(days=2)), came("2", after(hours=4)))

    assert read_figures(write_figures(figures)) == figures
    assert write_figures(read_figures(write_figures(figures))) == write_figures(figures)
