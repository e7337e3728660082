"""Greetings are said once, to those who are still there, and to twenty a minute."""

from dataclasses import replace

import pytest

from tests.builders import at
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse
from tests.fakes.greeting import CHANNEL, IDA, NEW, Stage, order, origin
from usher.credit.queries import Tally
from usher.greeting.model import Face
from usher.greeting.rules import A_MINUTE
from usher.greeting.settings import Occasion
from usher.ids import UserId
from usher.platform.discord_rest import RefusedError

MASON = Face(NEW, "mason", "Mason")


def stage(message: str = "Hi {member} by {inviter} ({invites})", **changes: object) -> Stage:
    made = Stage()
    made.people.members[NEW] = MASON
    made.people.others[IDA] = Face(IDA, "ida", "Ida")
    made.records.origins[NEW] = origin()
    made.records.tallies[IDA] = Tally(tracked=3)
    made.set(Occasion.WELCOME, message=message, **changes)
    made.set(Occasion.FAREWELL, message="Bye {member}, by {inviter}")
    return made


def test_a_newcomer_is_welcomed_with_the_word_of_the_moment() -> None:
    made = stage()
    made.greet(order())
    assert made.post.posted["g1"][0] == CHANNEL
    assert made.said() == ["Hi Mason by Ida (3)"]


def test_the_same_greeting_again_is_not_said_again() -> None:
    made = stage()
    made.greet(order())
    made.post.posted.clear()
    made.greet(order())
    assert made.said() == []


@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_broken_off_anywhere_and_done_again_it_is_said_once(
    before: bool, error: type[BaseException]
) -> None:
    whole = stage()
    whole.greet(order())
    assert whole.fuse.steps > 5
    for step in range(1, whole.fuse.steps + 1):
        made = stage()
        made.fuse = Fuse(step, before, error)
        with pytest.raises((BrokenOffError, DiedError)):
            made.greet(order())
        made.fuse = Fuse()
        made.greet(order())
        assert made.said() == ["Hi Mason by Ida (3)"]
        assert sum(made.marks.counted.values()) in (1, 2)


def test_who_has_gone_is_not_welcomed_and_who_is_back_gets_no_farewell() -> None:
    made = stage()
    del made.people.members[NEW]
    made.greet(order())
    made.people.members[NEW] = MASON
    made.greet(order(occasion=Occasion.FAREWELL, id_="g2"))
    assert made.said() == []


def test_a_farewell_names_who_had_brought_them() -> None:
    made = stage()
    made.people.others[NEW] = made.people.members.pop(NEW)
    made.greet(order(occasion=Occasion.FAREWELL))
    assert made.said() == ["Bye Mason, by Ida"]


def test_bots_get_no_farewell_unless_asked() -> None:
    made = stage()
    del made.people.members[NEW]
    made.people.others[NEW] = Face(NEW, "bot", "Bot", bot=True)
    made.greet(order(occasion=Occasion.FAREWELL))
    assert made.said() == []
    made.set(Occasion.FAREWELL, message="Bye {member}", bots=True)
    made.greet(order(occasion=Occasion.FAREWELL, id_="g2"))
    assert made.said() == ["Bye Bot"]


def test_what_was_switched_off_meanwhile_is_not_said() -> None:
    made = stage(on=False)
    made.greet(order())
    assert made.said() == []


def test_a_direct_message_takes_the_channel_s_place() -> None:
    made = stage(dm=True)
    made.greet(order())
    assert [where for where, _ in made.post.posted.values()] == [f"@{NEW}"]


def test_where_direct_messages_are_closed_the_channel_is_told_if_there_is_one() -> None:
    made = stage(dm=True)
    made.post.closed = True
    made.greet(order())
    assert [where for where, _ in made.post.posted.values()] == [CHANNEL]
    alone = stage(dm=True, channel_id=None)
    alone.post.closed = True
    alone.greet(order())
    assert alone.said() == []
    assert alone.marks.settled["g1"] == "direct messages closed"


def test_a_channel_that_refuses_is_the_door_s_to_tell() -> None:
    made = stage()
    made.post.refusing = True
    with pytest.raises(RefusedError):
        made.greet(order())


def test_a_raid_is_greeted_twenty_times_and_told_of_once() -> None:
    made = stage("Hi {member}")
    for number in range(100):
        user = UserId(str(number + 1))
        made.people.members[user] = Face(user, "x", f"n{number}")
        made.greet(order(user, id_=f"g{number}"))
    said = made.said()
    assert len(said) == A_MINUTE + 1
    assert said[-1] == "Many members are joining at once; I do not greet each of them."
    assert len(made.marks.settled) == 100


def test_an_origin_of_another_membership_tells_nothing() -> None:
    made = stage()
    made.records.origins[NEW] = replace(origin(), joined_at=at(0))
    made.greet(order())
    assert made.said() == ["Hi Mason by somebody (unknown)"]


def test_a_number_that_the_listener_did_not_know_is_asked_for() -> None:
    made = stage("{count} {server}")
    made.greet(order(members=None))
    assert made.said() == ["42 A \\*guild\\*"]
