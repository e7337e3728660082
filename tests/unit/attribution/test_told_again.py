"""What is told twice happened once: by two listeners, or by a session that is replayed."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, joined, left, look, observe, row
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from tests.unit.attribution.guild import Guild, invite
from usher.attribution.outcomes import Attributed, Method
from usher.attribution.words import same_word
from usher.credit.queries import Tally
from usher.ids import UserId


def credit(worker: Worker) -> Tally:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds.guilds[GUILD].counters[UserId("900"), "all"]


@pytest.mark.parametrize("lag", [0.2, 3, 60, 600])
def test_a_leave_told_again_after_the_return_that_followed_it_ends_nothing(lag: float) -> None:
    # Given somebody who came, left and came back within seconds
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("7", 1), look=look(row("abc", 1), seconds=2), seconds=2),
        observe(left("7", 20), seconds=21),
        observe(joined("7", 24), look=look(row("abc", 2), seconds=25), seconds=25),
    )
    assert credit(worker) == Tally(tracked=2, left=1)
    lines = worker.objects.under("lines/").keys()

    # When a second listener tells of leave and return, later
    worker.handle(observe(left("7", 20 + lag), joined("7", 24), seconds=25 + lag))

    # Then the member is still there, and no line says otherwise
    assert credit(worker) == Tally(tracked=2, left=1)
    assert worker.objects.under("lines/").keys() == lines


def test_a_leave_told_again_before_the_rejoin_on_record_ends_nothing() -> None:
    # Given somebody who left and came back within a second
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 5), seconds=0), seconds=0),
        observe(
            *(joined("7", 10), left("7", 10.5), joined("7", 10.8)),
            look=look(row("abc", 7), seconds=12),
            seconds=12,
        ),
    )
    lines = worker.objects.under("lines/").keys()

    # When a resumed session tells of both again
    again = replace(joined("7", 10.8), at=at(40.1))
    worker.handle(observe(left("7", 40), again, look=look(row("abc", 7), seconds=41), seconds=41))

    # Then nothing is said
    assert worker.objects.under("lines/").keys() == lines
    assert credit(worker) == Tally(tracked=2, left=1)


def test_a_join_told_again_after_its_own_leave_is_no_return() -> None:
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(
            *(joined("7", 1), left("7", 20), joined("7", 1)),
            look=look(row("abc", 1), seconds=21),
            seconds=21,
        ),
    )

    assert credit(worker) == Tally(tracked=1, left=1)


def test_a_join_told_again_right_after_the_leave_that_ended_it_is_no_return() -> None:
    # Given somebody whom a listener heard come
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("7", 1), look=look(row("abc", 1), seconds=2), seconds=2),
    )

    # When it hears them go, and then of that join once more, and tells it all twice
    gone = replace(left("7", 20), began_by=at(1))
    worker.handle(
        observe(gone, joined("7", 1), seconds=21), observe(gone, joined("7", 1), seconds=22)
    )
    assert credit(worker) == Tally(tracked=1, left=1)

    # and they come back within seconds, which a second listener tells with everything before
    worker.handle(
        observe(joined("7", 23), look=look(row("abc", 2), seconds=24), seconds=24),
        observe(gone, joined("7", 1), joined("7", 23), seconds=25),
    )

    # Then they are there
    assert credit(worker) == Tally(tracked=2, left=1)


def test_two_leaves_that_a_replay_tells_of_with_one_time_are_two() -> None:
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("7", 1), look=look(row("abc", 1), seconds=2), seconds=2),
        observe(
            *(left("7", 30), joined("7", 24), left("7", 30)),
            look=look(row("abc", 2), seconds=31),
            seconds=31,
        ),
    )

    assert credit(worker) == Tally(tracked=2, left=2)


def test_a_leave_after_a_return_told_again_ends_it() -> None:
    worker = Worker()
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("7", 1), look=look(row("abc", 1), seconds=2), seconds=2),
        observe(joined("7", 1), left("7", 20), seconds=21),
    )

    assert credit(worker) == Tally(tracked=1, left=1)


def test_an_invite_whose_making_is_told_again_after_its_end_serves_nobody_else() -> None:
    # Given an invite for one that was made, used and gone
    guild = Guild()
    guild.shown(0, invite("a", 5))
    once = invite("once", 0, max_uses=1, created=5)
    guild.created(once, 5)
    guild.joined("one", 10)
    guild.deleted("once", 10.1)
    guild.shown(11, invite("a", 5))
    before = guild.word("one")
    assert isinstance(before, Attributed)
    assert (before.code, before.method) == ("once", Method.LAST_USE)

    # When somebody else came by no invite, and all of that is told again
    guild.joined("two", 15)
    guild.shown(16, invite("a", 5))
    guild.created(once, 20)
    guild.deleted("once", 20)
    guild.shown(21, invite("a", 5))

    assert same_word(guild.word("one"), before)
    assert not isinstance(guild.word("two"), Attributed)


def test_an_older_look_that_arrives_late_does_not_bring_an_ended_invite_back() -> None:
    # Given an invite for one that vanished with its last use
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("once", 0, max_uses=1))
    guild.joined("one", 10)
    guild.shown(12, invite("a", 5))
    before = guild.word("one")
    assert isinstance(before, Attributed)
    assert before.code == "once"

    # When the look of another listener arrives that was made before it was used
    guild.shown(9, invite("a", 5), invite("once", 0, max_uses=1))

    assert same_word(guild.word("one"), before)
