"""Who may have the shard, and which session is worth taking up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway_listener.lease import Lease, released, renewed, resumable, wanted_over
from gateway_listener.progress import SessionPoint

LIFE = timedelta(seconds=30)

type After = Callable[[float], datetime]


@pytest.fixture
def point(noon: datetime) -> SessionPoint:
    return SessionPoint(noon, "session", 7, "wss://gateway", 71)


@pytest.fixture
def held(noon: datetime, point: SessionPoint) -> Lease:
    return Lease("a", 4, noon + LIFE, point)


def test_where_there_is_no_lease_the_first_one_begins(noon: datetime) -> None:
    assert wanted_over(None, "a", noon, LIFE) == Lease("a", 1, noon + LIFE)


def test_a_lease_that_lives_is_waited_for(held: Lease, after: After) -> None:
    assert wanted_over(held, "b", after(29.9), LIFE) is None


def test_an_expired_lease_is_taken_with_a_higher_fence_and_the_session(
    held: Lease, after: After
) -> None:
    taken = wanted_over(held, "b", after(30), LIFE)
    assert taken == Lease("b", 5, after(60), held.point)


def test_a_released_lease_is_free_at_once(held: Lease, after: After) -> None:
    given_up = released(held, after(3), None)
    assert given_up.point == held.point
    assert wanted_over(given_up, "b", after(3), LIFE) is not None


def test_a_lease_whose_taking_was_not_confirmed_is_taken_again(held: Lease, after: After) -> None:
    taken = wanted_over(held, "a", after(1), LIFE)
    assert taken is not None
    assert taken.fence == 5


def test_a_renewal_keeps_owner_and_fence_and_moves_the_point(
    held: Lease, after: After, point: SessionPoint
) -> None:
    moved = replace(point, sequence=8)
    assert renewed(held, after(10), LIFE, moved) == Lease("a", 4, after(40), moved)
    assert renewed(held, after(10), LIFE, None).point == point


def test_a_session_is_taken_up_while_discord_may_know_it(point: SessionPoint, after: After) -> None:
    assert resumable(point, after(599), 71) == point
    assert resumable(point, after(600), 71) is None


def test_a_session_with_other_intents_is_not_taken_up(point: SessionPoint, noon: datetime) -> None:
    assert resumable(point, noon, 72) is None


def test_without_a_session_there_is_nothing_to_take_up(noon: datetime) -> None:
    assert resumable(None, noon, 71) is None
    assert resumable(SessionPoint(noon), noon, 0) is None
