"""Wherever the event worker breaks off, what it leaves behind is what it would have left anyway.

Every call of every adapter is tried, reads too: before it and after it, by an error that the door
sees and by a death that nothing sees. Then the queue delivers again, as SQS does.
"""

from dataclasses import replace
from random import Random

import pytest

from tests.fakes.crash_world import World
from tests.fakes.fuse import BREAKS, Fuse
from tests.fakes.saga import OTHER, saga

SAGA = saga()


def test_the_saga_has_every_step() -> None:
    world = World().play(SAGA)

    steps = {step for step in world.fuse.log if not step.startswith("transaction")}
    assert steps == {
        *("load", "reopen", "members", "added", "commit", "settings", "rules", "greets"),
        "mark_gap",
        *("add lines", "add names", "add parked", "effects", "confirmations", "hooks"),
    }
    assert "transaction 4" in world.fuse.log
    assert world.left()["greeted"]


@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_breaking_off_at_any_call_changes_nothing(before: bool, error: type[BaseException]) -> None:
    whole = World().play(SAGA)
    expected = whole.left()
    for step in range(1, whole.fuse.steps + 1):
        world = World(Fuse(step, before, error)).play(SAGA)

        assert world.left() == expected, f"{step}: {whole.fuse.log[step - 1]}"


def test_every_message_twice_changes_nothing() -> None:
    again = [replace(one, id=f"{one.id}-again") for one in SAGA if one.id != "m-poison"]
    twice = [
        message for one in SAGA for message in (one, *(a for a in again if a.body == one.body))
    ]

    assert World().play(twice).left() == World().play(SAGA).left()


@pytest.mark.parametrize("seed", range(10))
def test_the_order_between_guilds_changes_nothing(seed: int) -> None:
    # Given the messages of each guild in order, shuffled together anew
    rng = Random(seed)  # noqa: S311 - chooses an order, guards nothing
    ours = [one for one in SAGA if one.group != OTHER]
    theirs = [one for one in SAGA if one.group == OTHER]
    shuffled = []
    while ours or theirs:
        source = rng.choice([some for some in (ours, theirs) if some])
        shuffled.append(source.pop(0))

    assert World().play(shuffled).left() == World().play(SAGA).left()
