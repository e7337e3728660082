"""Dead letters are put back whole: none is lost by a crash, none is moved for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.dlq.letter import COMMANDS
from infra.dlq.ports import Pair
from infra.dlq.redriving import Redrive, deduplication_id, peek
from tests.builders import START
from tests.fakes.fuse import BREAKS, Fuse
from tests.fakes.letters import LATER, FakeLetters

EVENTS = Pair("events", "https://sqs/events.fifo", "https://sqs/dead.fifo")
EFFECTS = Pair("effects", "https://sqs/effects", "https://sqs/dead")
ASKED = Pair(COMMANDS, "https://sqs/commands", "https://sqs/dead")


def test_everything_goes_back_in_order_and_the_dead_letters_are_gone() -> None:
    letters = FakeLetters(fifo=True)
    letters.put(*(f"{number:02}" for number in range(25)), group="guild")
    told = []

    result = Redrive(letters, EVENTS, LATER).run(lambda: told.append(1))

    assert result.moved == len(told) == 25
    assert letters.queue == [f"{number:02}" for number in range(25)]
    assert letters.dead == {}


def test_only_those_that_were_named_go_back_and_the_others_are_to_be_seen() -> None:
    letters = FakeLetters()
    letters.put("a", "b", "c")

    result = Redrive(letters, EFFECTS, LATER, frozenset({"m-b"})).run()

    assert (result.moved, result.left) == (1, 2)
    assert letters.queue == ["b"]
    assert letters.hidden == set()


def test_what_fails_again_is_not_moved_for_ever() -> None:
    letters = FakeLetters(failing_at=LATER + timedelta(seconds=1))
    letters.put("a", "b")

    result = Redrive(letters, EFFECTS, LATER).run()

    assert result.moved == 2
    assert sorted(one.body for one in letters.dead.values()) == ["a!", "b!"]


def test_commands_that_nobody_can_answer_are_left_or_dropped_never_moved() -> None:
    letters = FakeLetters()
    letters.put("old", at=START - timedelta(minutes=16))
    letters.put("new", at=START)

    left = Redrive(letters, ASKED, LATER).run()
    dropped = Redrive(letters, ASKED, LATER, drop=True).run()

    assert (left.moved, left.expired) == (1, 1)
    assert (dropped.moved, dropped.dropped) == (0, 1)
    assert letters.queue == ["new"]
    assert letters.dead == {}


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize(("before", "error"), BREAKS)
@pytest.mark.parametrize("at", range(1, 7))
def test_a_crash_at_any_step_loses_nothing_and_a_second_run_ends_it(
    at: int, *, before: bool, error: type[BaseException], fifo: bool
) -> None:
    letters = FakeLetters(fifo=fifo, fuse=Fuse(at, before, error))
    letters.put("a", "b", "c", group="guild")

    with pytest.raises(error):
        Redrive(letters, EVENTS if fifo else EFFECTS, LATER).run()

    # Nothing is lost
    assert {*letters.queue} | {one.body for one in letters.dead.values()} == {"a", "b", "c"}

    # And a second run ends it; a FIFO queue knows what it was sent before
    letters.fuse = Fuse()
    letters.pass_time()
    Redrive(letters, EVENTS if fifo else EFFECTS, LATER).run()
    assert letters.dead == {}
    assert {*letters.queue} == {"a", "b", "c"}
    assert len(letters.queue) <= (3 if fifo else 4)


@given(st.lists(st.integers(0, 3), max_size=40), st.booleans())
def test_looking_leaves_everything_where_it_is(groups: list[int], fifo: bool) -> None:
    letters = FakeLetters(fifo=fifo)
    for number, group in enumerate(groups):
        letters.put(f"{number}", group=f"g{group}")

    found = peek(letters, EVENTS if fifo else EFFECTS, 100)

    assert letters.hidden == set()
    assert len(letters.dead) == len(groups)
    assert len(found) == len(groups) or fifo


def test_a_letter_returns_under_one_name_and_another_than_the_next() -> None:
    letters = FakeLetters()
    letters.put("a", "b")
    first, second = letters.dead.values()

    assert deduplication_id(first) == deduplication_id(first) != deduplication_id(second)
