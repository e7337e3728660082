"""Whatever order things happen and are told in, credit is what the ledger alone gives."""

from hypothesis import given, settings

from tests.builders import GUILD, at
from tests.fakes.guilds import FakeGuilds
from tests.fakes.town import STEPS, Step, Town
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
