"""Rolled up in steps, late lines and crashes among them, is rolled up from the lines alone."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import by
from tests.fakes.analytics import FakeRollups
from tests.fakes.comings import UNKNOWN, because, came, later_word, went
from tests.unit.analytics.test_service import Town
from usher.analytics.service import OutOfTimeError
from usher.attribution.causes import Cause
from usher.ledger.lines import Line

START = datetime(2026, 11, 1, 22, tzinfo=UTC)


def lives(rng: random.Random) -> list[tuple[datetime, Line]]:
    """Lines of people who come and go around midnights, each with the time when it is written."""
    told: list[tuple[datetime, Line]] = []
    for number in range(rng.randrange(1, 12)):
        joined_at = START + timedelta(minutes=rng.randrange(0, 8 * 24 * 60, 7))
        join = came(str(number), joined_at, rng.choice([None, UNKNOWN]))
        lines = [join]
        if rng.random() < 0.5:
            lines.append(
                later_word(
                    join, by("901"), joined_at + timedelta(seconds=rng.choice([5, 25, 900, 21600]))
                )
            )
        if rng.random() < 0.6:
            leave = went(join, timedelta(minutes=rng.randrange(1, 4000)), rng.choice(list(Cause)))
            lines.append(leave)
            if rng.random() < 0.6:
                cause = rng.choice([Cause.KICKED, Cause.BANNED, Cause.PRUNED])
                lines.append(because(leave, cause, timedelta(seconds=rng.randrange(60))))
        for line in lines:
            late = timedelta(days=rng.randrange(1, 20)) if rng.random() < 0.1 else timedelta(0)
            told.append((line.timestamp + late + timedelta(seconds=rng.random() * 5), line))
    return sorted(told, key=lambda one: one[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_steps_come_to_the_same_as_all_at_once(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chooses steps, guards nothing
    town = Town(now=START)
    for written, line in lives(rng):
        while town.now + timedelta(hours=1) < written:
            town.now += timedelta(hours=1)
            _run_badly(town, rng)
        town.now = max(town.now, written)
        town.write(line)
    for _ in range(2):
        town.now += timedelta(days=1)
        for guild in town.rows.heads:
            town.rows.heads[guild] += 1
        town.run()

    steps, heads = town.rows, town.rows.heads
    town.rows = FakeRollups(heads=heads)
    town.run()

    assert steps.of_hours == town.rows.of_hours
    assert steps.of_days == town.rows.of_days
    assert steps.of_weeks == town.rows.of_weeks


def _run_badly(town: Town, rng: random.Random) -> None:
    """Run, or break off somewhere."""
    left = rng.choice([1, 2, 100])
    rollup = town.rollup()

    def time_is_left() -> bool:
        nonlocal left
        left -= 1
        return left > 0

    for waiting in rollup.waiting():
        try:
            rollup.roll(waiting, time_is_left)
        except OutOfTimeError:
            return
