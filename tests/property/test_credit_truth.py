"""Whatever order things happen and are told in, credit is what the ledger alone gives."""

import random
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import GUILD, at
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.town import STEPS, Step, Town
from tests.fakes.worker import Worker
from tests.judging.naive import recount
from usher.attribution.code_counts import CodeCount
from usher.attribution.queries import OutcomeName
from usher.credit.queries import Tally
from usher.credit.rebuild import keep_books
from usher.ids import UserId


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_counters_are_what_the_ledger_gives_and_nobody_is_credited_twice(
    steps: list[Step],
) -> None:
    town = Town()
    town.send(looking=True)
    for step in steps:
        # When one more thing happens
        town.happen(*step)

        # Then nobody has more than one live credit, whatever is open, pooled or resolved
        assert max(recount(town.lines).live.values(), default=0) <= 1
    town.rest()

    # and in the end the counters are what a naive reader of the ledger counts
    expected = recount(town.lines)
    assert isinstance(town.worker.guilds, FakeGuilds)
    guild = town.worker.guilds.guilds[GUILD]
    counted = {
        inviter: tally
        for (inviter, period), tally in guild.counters.items()
        if period == "all" and tally != Tally()
    }
    assert counted == expected.tallies
    assert {code: n for code, n in guild.counted.items() if n != CodeCount()} == expected.codes
    for user, member in guild.members.items():
        word = member.now.word
        attributed = word.outcome is OutcomeName.ATTRIBUTED and word.inviter_id is not None
        here, fake = member.now.left_at is None, bool(member.now.verdict)
        credited = attributed and not member.now.untracked
        assert member.now.booked == (credited and here and not fake)
        assert (member.now.cause is None) == here
        assert member.now.joined_at <= at(town.last[UserId(user)][0])

    # and what is counted again from the ledger
    books = keep_books(town.lines)
    again = {(one.inviter_id, one.period): tally for one, tally in books.counters.items()}
    assert {key: tally for key, tally in again.items() if tally != Tally()} == {
        key: tally for key, tally in guild.counters.items() if tally != Tally()
    }
    assert books.off == guild.head.off
    assert books.members == {user: member.now for user, member in guild.members.items()}


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_judging_everybody_twice_finds_nothing_the_second_time(steps: list[Step]) -> None:
    town = Town()
    for step in steps:
        town.happen(*step)
    town.rest()
    town.happen("recount", "1", "abc", 1, 0)
    once = len(town.lines)

    town.happen("recount", "1", "abc", 1, 0)

    assert len(town.lines) == once


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_what_is_delivered_twice_is_judged_once(steps: list[Step]) -> None:
    town = Town()
    for step in steps:
        town.happen(*step)
    town.rest()
    again = Town()
    for observation in town.told:
        again.take(observation)
        again.take(observation)

    assert again.worker.objects.under("lines/") == town.worker.objects.under("lines/")
    assert recount(again.lines) == recount(town.lines)


@settings(max_examples=40, deadline=None)
@given(STEPS, st.integers(0, 2**32), st.sampled_from([98, 12]))
def test_a_worker_that_breaks_off_leaves_what_it_would_have_left_anyway(
    steps: list[Step], seed: int, room: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - chooses steps, guards nothing
    town = Town(Worker(room=room))
    for step in steps:
        town.happen(*step)
    town.rest()
    again = Town(Worker(room=room))

    # When it breaks off at some calls of each message, and the message comes again
    for observation in town.told:
        for _ in range(rng.randrange(3)):
            again.worker.burn(Fuse(at=rng.randrange(1, 12), before=rng.random() < 0.5))
            with suppress(BrokenOffError):
                again.worker.handle(observation)
        again.worker.burn(Fuse())
        again.worker.handle(observation)

    # Then
    assert again.worker.objects.under("lines/") == town.worker.objects.under("lines/")
    assert _held(again) == _held(town)


def _held(town: Town) -> tuple[object, ...]:
    assert isinstance(town.worker.guilds, FakeGuilds)
    guild = town.worker.guilds.guilds[GUILD]
    members = {user: member.now for user, member in guild.members.items()}
    counters = {key: tally for key, tally in guild.counters.items() if tally != Tally()}
    return guild.head, members, counters, guild.settings
