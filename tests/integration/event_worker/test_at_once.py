"""Two workers on one guild, where the queue promises one: a delivery that was thought to be over.

While a worker is held up at any of its calls, another one does its whole work; then it goes on.
"""

from dataclasses import replace
from functools import partial

import pytest

from tests.builders import GUILD, joined, left, look, observe, row
from tests.fakes.crash_world import World
from tests.fakes.fifo import Message, message
from tests.fakes.fuse import DiedError, Fuse, Meanwhile
from usher.ids import UserId

ROOM = 10
BEFORE = message(observe(look=look(row("abc", 3), row("def", 0, "901")), seconds=-700))
FIRST = observe(joined("1", 1), look=look(row("abc", 4), seconds=2, full=False), seconds=2)
# In three transactions: who leaves and comes back has a line in each.
BURST = observe(
    *(joined(str(100 + n), 30 + n / 10) for n in range(4)),
    left("100", 31),
    left("1", 32),
    *(joined(str(110 + n), 32 + n / 10) for n in range(4)),
    joined("100", 33),
    look=look(row("abc", 13), seconds=34, full=False),
    seconds=34,
)
AGAIN = replace(BURST, id="other-listener")
NEXT = observe(
    joined("200", 40), look=look(row("def", 1, "901"), seconds=41, full=False), seconds=41
)
START = (BEFORE, message(FIRST))


BURST_MESSAGE = message(BURST)


def started() -> World:
    return World(room=ROOM).play(START)


def left_alone() -> tuple[dict[str, object], list[str]]:
    """What is there after the burst when nothing disturbs it, and the steps that it took."""
    world = started()
    world.fuse = Fuse()
    return world.play([BURST_MESSAGE]).left(), world.fuse.log


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_two_deliveries_of_a_message_at_once_are_one(before: bool) -> None:
    expected, log = left_alone()
    for step in range(1, len(log) + 1):
        world = started()
        world.fuse = Meanwhile(step, before, happens=partial(world.begin, BURST_MESSAGE, Fuse()))

        world.play([BURST_MESSAGE])

        assert world.left() == expected, log[step - 1]


def test_a_delivery_thought_dead_that_goes_on_beside_the_next_one_changes_nothing() -> None:
    # Given a burst that broke off in its middle
    expected, log = left_alone()
    first = log.index("transaction 1") + 1
    for held in range(1, len(log) + 1):
        for goes_on_to in range(first, len(log) + 2):
            world = started()
            world.begin(BURST_MESSAGE, Fuse(first, before=False, error=DiedError))

            # When the next delivery is held up at any step, and the first one goes on to any other
            going_on = Fuse(goes_on_to, before=False, error=DiedError)
            world.fuse = Meanwhile(held, happens=partial(world.begin, BURST_MESSAGE, going_on))
            world.play([BURST_MESSAGE])

            assert world.left() == expected, (log[held - 1], goes_on_to)


@pytest.mark.parametrize("other", [message(AGAIN), message(NEXT)], ids=["other_listener", "next"])
def test_another_message_in_the_middle_of_a_burst_loses_nothing_and_counts_nothing_twice(
    other: Message,
) -> None:
    _, log = left_alone()
    for step in range(1, len(log) + 1):
        world = started()
        world.fuse = Meanwhile(step, happens=partial(world.begin, other, Fuse()))

        world.play([BURST_MESSAGE, other])

        guild = world.guilds.guilds[GUILD]
        assert len(guild.members) == 10 if other.id == f"m-{NEXT.id}" else 9
        assert guild.burst is None
        assert guild.members[UserId("100")].now.epochs == 2
        assert guild.members[UserId("1")].now.left_at is not None
        assert world.credit() == world.credit_of_lines()
        assert world.credit()[UserId("900")] == 8


def test_a_large_burst_that_was_taken_back_is_completed_when_it_comes_again() -> None:
    # Given a burst of many transactions that broke off before its last one, and was given up
    large = message(
        observe(
            *(joined(str(100 + n), 30 + n / 100) for n in range(80)),
            look=look(row("abc", 84), seconds=34, full=False),
            seconds=34,
        )
    )
    whole = started()
    whole.fuse = Fuse()
    log = whole.play([large]).fuse.log
    last = max(n for n, step in enumerate(log, start=1) if step.startswith("transaction"))
    world = started()
    world.begin(large, Fuse(last, error=DiedError))
    world.play([message(NEXT)])
    world.fuse = Fuse()

    # When it comes again
    world.play([large])

    # Then it is done at once, however many transactions were applied before
    assert world.guilds.guilds[GUILD].members.keys() == {"1", "200", *map(str, range(100, 180))}
    assert world.credit() == world.credit_of_lines() == {"900": 81, "901": 1}
    assert world.fuse.log.count("load") == 2
