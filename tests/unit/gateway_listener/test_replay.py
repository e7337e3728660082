"""A session taken up: leaves dated so that they end what they ended, and all told together."""

from dataclasses import replace

from gateway_listener.replay import Replay
from tests.builders import at, joined, left
from usher.ids import GuildId

GUILD, OTHER = GuildId("100"), GuildId("200")
REPLAYED = 60.0
"""When everything is heard that happened after 10."""


def test_a_leave_that_is_replayed_happened_at_the_earliest_where_the_session_was_taken_up() -> None:
    replay = Replay(at(10))

    assert replay.dated(GUILD, left("7", REPLAYED)) == replace(left("7", 10), until=at(REPLAYED))


def test_a_leave_after_a_join_that_is_replayed_happened_after_it() -> None:
    replay = Replay(at(10))
    join = joined("7", 25)

    assert replay.dated(GUILD, join) == join
    assert replay.dated(GUILD, left("7", REPLAYED)) == replace(left("7", 25), until=at(REPLAYED))
    assert replay.dated(GUILD, left("8", REPLAYED)) == replace(left("8", 10), until=at(REPLAYED))
    assert replay.dated(OTHER, left("7", REPLAYED)) == replace(left("7", 10), until=at(REPLAYED))


def test_a_join_of_long_ago_that_is_told_now_dates_no_leave_back() -> None:
    replay = Replay(at(10))
    replay.dated(GUILD, joined("7", -1000))

    assert replay.dated(GUILD, left("7", REPLAYED)) == replace(left("7", 10), until=at(REPLAYED))


def test_a_leave_is_never_dated_later_than_it_was_heard() -> None:
    told = Replay(at(100)).dated(GUILD, left("7", REPLAYED))

    assert told == replace(left("7", REPLAYED), until=at(REPLAYED))
