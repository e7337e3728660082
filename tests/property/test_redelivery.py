"""What is told twice, by the queue or by another listener, changes nothing."""

import random
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from tests.judging.books import Books
from tests.judging.judge import judge, told
from tests.judging.telling import observations
from tests.property.drawing import HISTORIES
from tests.simulator.history import History
from tests.simulator.worlds import ABSENT, BLIND, CONFIRMED, MIXED
from usher.ledger.lines import LineType

SEEDS = st.integers(0, 2**32)
ABSENT_ASKING = replace(ABSENT, searched=True)
WORLDS = st.sampled_from([MIXED, BLIND, CONFIRMED, ABSENT_ASKING])


@HISTORIES
@given(SEEDS, WORLDS)
def test_each_observation_delivered_twice_changes_nothing(seed: int, world: object) -> None:
    assert isinstance(world, type(MIXED))
    story = observations(History(seed, 20, 5, world))

    once = Books().take_all(story)
    twice = Books().take_all(one for both in zip(story, story, strict=True) for one in both)

    assert twice.lines == once.lines
    assert twice.tallies == once.tallies
    assert twice.guild.known == once.guild.known


@HISTORIES
@given(SEEDS, WORLDS)
@example(9654, ABSENT_ASKING)
def test_events_told_again_later_in_any_order_change_nothing(seed: int, world: object) -> None:
    # Given a story; a leave names no membership, so that one told again long after a rejoin within
    # seconds could be that of either, and such rejoins are left out
    assert isinstance(world, type(MIXED))
    habits = replace(world, absence=(6_000, 60_000), late_event=0.0)
    story = observations(History(seed, 20, 5, habits))
    dice = random.Random(seed)  # noqa: S311 - a simulation

    # When the events of each observation come again among later ones, under other ids
    once, again, waiting = Books().take_all(story), Books(), []
    for observation in story:
        again.take(observation)
        waiting.append(replace(observation, look=None, vanity=None, gap=False))
        while waiting and dice.random() < 0.5:
            repeated = waiting.pop(dice.randrange(len(waiting)))
            again.take(replace(repeated, id=f"again {repeated.id}", at=observation.at))

    # Then nothing counts twice; of an old leave there may be another line, which books nothing
    more = [line for id_, line in again.lines.items() if id_ not in once.lines]
    assert {line.type for line in more} <= {LineType.LEAVE}
    assert all(line.credit_reversed_from is None for line in more)
    assert again.tallies == once.tallies
    assert again.guild.known == once.guild.known


@HISTORIES
@given(SEEDS)
def test_a_second_listener_that_hears_and_looks_on_its_own_changes_no_truth(seed: int) -> None:
    history = History(seed, 20, 5, replace(MIXED, absence=(20_000, 60_000)))

    judgement = judge(history, told(history, second_listener=True))

    assert judgement.wrong == []
    assert judgement.incomplete == []
