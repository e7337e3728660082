"""The point from which another process can go on: nothing unsent, nothing unread lies before it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from gateway_listener.progress import Progress, SessionPoint
from usher.ids import GuildId

ONE, TWO = GuildId("100"), GuildId("200")

type After = Callable[[float], datetime]


@pytest.fixture
def points(after: After) -> list[SessionPoint]:
    return [SessionPoint(after(number), "session", number) for number in range(10)]


@pytest.fixture
def progress(points: list[SessionPoint]) -> Progress:
    return Progress(points[0])


def test_with_nothing_under_way_it_is_the_present(
    progress: Progress, points: list[SessionPoint], noon: datetime
) -> None:
    progress.moved(points[3])
    assert progress.safe(noon) == points[3]


def test_an_event_holds_the_point_before_it_until_its_message_is_accepted(
    progress: Progress, points: list[SessionPoint], noon: datetime
) -> None:
    progress.moved(points[1])
    progress.gathered(ONE)
    progress.moved(points[2])
    progress.gathered(ONE)
    progress.moved(points[3])
    assert progress.safe(noon) == points[1]
    # When both are one message, and a third comes
    progress.sealed(ONE, 2)
    progress.gathered(ONE)
    progress.moved(points[4])
    assert progress.safe(noon) == points[1]
    progress.sent(ONE)
    assert progress.safe(noon) == points[3]
    progress.sealed(ONE, 1)
    progress.sent(ONE)
    assert progress.safe(noon) == points[4]


def test_the_earliest_of_all_guilds_counts(
    progress: Progress, points: list[SessionPoint], noon: datetime
) -> None:
    progress.moved(points[1])
    progress.gathered(TWO)
    progress.moved(points[2])
    progress.gathered(ONE)
    progress.moved(points[3])
    progress.sealed(TWO, 1)
    progress.sent(TWO)
    assert progress.safe(noon) == points[2]


def test_a_hold_lasts_until_it_is_released_or_too_old(
    progress: Progress, points: list[SessionPoint], after: After
) -> None:
    progress.hold(ONE, points[1], after(60))
    progress.moved(points[5])
    assert progress.safe(after(59)) == points[1]
    assert progress.safe(after(60)) == points[5]
    # And a later hold does not lose the earlier point
    progress.hold(ONE, points[5], after(120))
    assert progress.safe(after(60)) == points[1]
    progress.release(ONE)
    assert progress.safe(after(60)) == points[5]


def test_what_a_held_guild_tells_is_missing_to_whoever_goes_on_after_the_hold(
    progress: Progress, points: list[SessionPoint], after: After
) -> None:
    progress.hold(ONE, points[1], after(60))
    progress.moved(points[5])
    progress.sealed(ONE, 0)
    progress.release(ONE)
    assert progress.safe(after(1)) == points[1]
    progress.sent(ONE)
    assert progress.safe(after(1)) == points[5]


def test_the_first_point_of_a_session_is_kept_at_once_and_so_is_a_milestone(
    progress: Progress, points: list[SessionPoint]
) -> None:
    kept: list[SessionPoint] = []
    progress.keep_now = lambda: kept.append(progress.now)
    progress.moved(points[1])
    assert kept == []

    begun = SessionPoint(points[2].alive_at, "another", 1)
    progress.moved(begun)
    progress.reached()
    told = SessionPoint(points[3].alive_at, "another", 2)
    progress.moved(told)
    progress.moved(SessionPoint(points[4].alive_at, "another", 3))

    assert kept == [begun, told]
