"""A leave says by when the membership that it ended had begun."""

from dataclasses import replace

from gateway_listener.memberships import Memberships
from tests.builders import at, joined, left
from usher.contracts.observation import GatewayEvent, MemberJoined
from usher.ids import GuildId

GUILD, OTHER = GuildId("100"), GuildId("200")


def began_by(memberships: Memberships, event: GatewayEvent, guild: GuildId = GUILD) -> object:
    return getattr(memberships.told(guild, event), "began_by", None)


def heard(user: str, seconds: float, lag: float = 0) -> MemberJoined:
    """A join heard `lag` seconds after it happened."""
    return replace(joined(user, seconds), at=at(seconds + lag))


def test_a_member_who_was_heard_to_join_ended_that_membership() -> None:
    memberships = Memberships(at(0))
    memberships.told(GUILD, heard("7", 100, lag=20))

    assert began_by(memberships, left("7", 125)) == at(100)
    assert began_by(memberships, left("7", 125), OTHER) == at(65)


def test_of_others_nothing_is_known_but_that_no_join_was_heard_lately() -> None:
    memberships = Memberships(at(0))

    assert began_by(memberships, left("8", 100)) == at(40)
    assert began_by(memberships, left("8", 30)) == at(0)


def test_what_was_heard_before_an_absence_says_nothing() -> None:
    memberships = Memberships(at(0))
    memberships.told(GUILD, heard("7", 100))
    memberships.heard_since(at(110))

    assert began_by(memberships, left("7", 120)) == at(110)


def test_joins_of_long_ago_are_forgotten() -> None:
    memberships = Memberships(at(0))
    memberships.told(GUILD, heard("7", 100))
    memberships.told(GUILD, heard("8", 221))

    assert began_by(memberships, left("7", 222)) == at(162)
    assert began_by(memberships, left("8", 222)) == at(221)


def test_who_came_back_ended_the_membership_that_began_last() -> None:
    memberships = Memberships(at(0))
    memberships.told(GUILD, heard("7", 100))
    memberships.told(GUILD, heard("7", 110))

    assert began_by(memberships, left("7", 112)) == at(110)


def test_an_earlier_join_told_again_begins_nothing() -> None:
    memberships = Memberships(at(0))
    memberships.told(GUILD, heard("7", 100))
    memberships.told(GUILD, heard("7", 110))
    memberships.told(GUILD, heard("7", 100, lag=11))

    assert began_by(memberships, left("7", 112)) == at(110)
