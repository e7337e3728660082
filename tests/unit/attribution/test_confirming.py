"""Whom to ask for, when, with which search, and what an answer says."""

from datetime import timedelta

import pytest

from tests.builders import GUILD, at, by, joined, observe, open_between, person, unknown
from usher.attribution.confirming import (
    LONGEST_DELAY,
    LONGEST_REST,
    MOST_POSTPONED,
    SCHEDULE,
    Search,
    answered,
    delay_of,
    next_attempt,
    observation_of,
    postponed,
    requests_for,
    rest_after,
    rested,
    searches,
)
from usher.attribution.model import Membership
from usher.attribution.outcomes import Confidence, Kind, Outcome, Reason, Unattributed
from usher.attribution.wording import word_of
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.observation import MemberSearched
from usher.contracts.observation_codec import decode, encode
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line, LineType, join_id


def member(user: str, seconds: float = 10) -> Membership:
    return UserId(user), at(seconds)


def searched(
    user: str, seconds: float = 10, code: str | None = "abc", source: int = 5
) -> MemberSearched:
    invite = None if code is None else InviteCode(code)
    return MemberSearched(person(user), at(seconds), at(30), source, invite, UserId("900"))


def request(*joins: Membership, attempt: int = 1, waited: int = 0) -> ConfirmationRequest:
    due = at(12) + SCHEDULE[attempt - 1]
    return ConfirmationRequest(
        GUILD, "A guild", joins or (member("7"),), attempt, at(12), due, waited
    )


def line(user: str, outcome: Outcome, type_: LineType = LineType.JOIN) -> Line:
    return Line(
        type_,
        join_id(GUILD, UserId(user), at(10)),
        at(10.05),
        GUILD,
        UserId(user),
        at(10),
        word_of(outcome),
    )


def test_people_not_known_beyond_counting_are_asked_for() -> None:
    added = Unattributed(Reason.NOT_BY_INVITE, Kind.DISCOVERY, Confidence.CONFIRMED)
    lines = [
        line("1", by()),
        line("2", open_between("a", "b")),
        line("3", unknown()),
        line("4", Unattributed(Reason.BOT_ADDED, Kind.BOT)),
        line("5", added),
        line("6", by(), LineType.CORRECTION),
    ]

    [asked] = requests_for(observe(joined("1"), seconds=12), lines)

    assert [user_id for user_id, _ in asked.joins] == ["1", "2", "3"]
    assert (asked.attempt, asked.asked_from, asked.due_at) == (1, at(12), at(17))
    assert asked.guild_name == "A guild"


def test_a_request_holds_a_hundred_joins() -> None:
    lines = [line(str(1000 + n), unknown()) for n in range(201)]

    assert [len(one.joins) for one in requests_for(observe(), lines)] == [100, 100, 1]


def test_the_schedule_is_that_of_the_specification() -> None:
    now, asked, waits = at(17.2), request(), []
    while (later := next_attempt(asked, asked.joins, now)) is not None:
        waits.append((later.due_at - later.asked_from).total_seconds())
        asked, now = later, later.due_at + timedelta(seconds=0.3)

    assert waits == [25, 120, 900, 21600]


def test_attempts_that_are_past_are_left_out() -> None:
    late = next_attempt(request(), [member("7")], at(12 + 600))

    assert late is not None
    assert (late.attempt, late.due_at) == (4, at(12 + 900))
    assert next_attempt(request(), [member("7")], at(12 + 21600)) is None


def test_a_wait_longer_than_a_queue_can_delay_is_chained() -> None:
    asked = request(attempt=5)

    assert delay_of(asked, at(12 + 900)) == LONGEST_DELAY
    assert delay_of(asked, at(12 + 21600 - 10.5)) == 11
    assert delay_of(asked, at(12 + 21600)) == 1
    assert delay_of(asked, at(99999)) == 1


@pytest.mark.parametrize(
    ("seconds", "wait"), [(0, 1), (0.2, 1), (15, 15), (1e9, 900), (float("nan"), 1)]
)
def test_an_attempt_without_an_answer_is_made_again(seconds: float, wait: float) -> None:
    again = postponed(request(), [member("7")], seconds, at(17))

    assert again is not None
    assert (again.attempt, again.due_at, again.postponed) == (1, at(17 + wait), 1)


def test_an_attempt_put_off_often_counts_as_made() -> None:
    again = postponed(request(waited=MOST_POSTPONED), [member("7")], 5, at(17))

    assert again is not None
    assert (again.attempt, again.postponed) == (2, 0)
    last = request(attempt=5, waited=MOST_POSTPONED)
    assert postponed(last, [member("7")], 5, at(12 + 21601)) is None


def test_a_guild_that_refuses_is_left_alone_longer_each_time() -> None:
    hours = [rest_after(refusals).total_seconds() / 3600 for refusals in (0, 1, 2, 3, 4, 5, 999)]

    assert hours == [1, 2, 4, 8, 16, 24, 24]


def test_requests_wait_out_a_rest_and_no_longer_than_a_day() -> None:
    # Given a rest that ends before the last attempt, then one that ends after it, then a long one
    first = rested(request(), [member("7")], at(12 + 3600))
    second = rested(request(attempt=5), [member("7")], at(12 + 30000))
    third = rested(request(attempt=5), [member("7")], at(13) + LONGEST_REST)

    assert first is not None
    assert (first.attempt, first.due_at) == (5, at(12 + 21600))
    assert second is not None
    assert (second.attempt, second.due_at) == (5, at(12 + 30000))
    assert third is None


def test_ten_people_are_searched_by_their_ids() -> None:
    joins = [member(str(100 + n), n) for n in range(10)]

    [search] = searches(joins)

    assert search.body() == {
        "limit": 10,
        "and_query": {"user_id": {"or_query": [str(100 + n) for n in range(10)]}},
    }


def test_a_crowd_is_searched_by_its_time_and_paged_backwards() -> None:
    joins = [member(str(100 + n), n / 10) for n in range(11)]

    [search] = searches(joins)

    ms = int(at(0).timestamp() * 1000)
    within = {"gte": ms - 1000, "lte": ms + 2000}
    assert search.body() == {"limit": 1000, "and_query": {"guild_joined_at": {"range": within}}}
    after = search.body(after=searched("105", 0.5001))["after"]
    assert after == {"user_id": "105", "guild_joined_at": ms + 500}


def test_joins_far_apart_are_not_one_crowd() -> None:
    # Given a crowd of 12, and 13 people an hour apart each
    crowd = [member(str(100 + n), n) for n in range(12)]
    others = [member(str(200 + n), 3600 * (n + 1)) for n in range(13)]

    planned = searches([*others, *crowd])

    assert [(search.by_time, len(search.joins)) for search in planned] == [
        (True, 12),
        (False, 10),
        (False, 3),
    ]


def test_two_memberships_of_one_person_are_one_id() -> None:
    body = Search((member("7", 1), member("7", 99)), by_time=False).body()

    assert body == {"limit": 1, "and_query": {"user_id": {"or_query": ["7"]}}}


def test_only_joins_asked_for_are_told_and_under_their_own_time() -> None:
    # Given one asked for whom the index knows to the millisecond, one rejoined, one not asked for
    asked = [member("1", 10.123456), member("2", 10), member("3", 10), member("4", 10)]
    found = [
        searched("1", 10.123),
        searched("2", 11),
        searched("5", 10),
        searched("3", 10, code=None, source=5),
        searched("4", 10, code=None, source=3),
    ]

    told = answered(found, asked)

    assert told.keys() == {member("1", 10.123456), member("4", 10)}
    assert told[member("1", 10.123456)].joined_at == at(10.123456)


def test_telling_the_same_again_is_the_same_observation() -> None:
    told = answered([searched("1"), searched("2")], [member("1"), member("2")])
    swapped = dict(reversed(told.items()))
    other = answered([searched("1", code="other"), searched("2")], told)

    first = observation_of(GUILD, "A guild", told, at(30))

    assert observation_of(GUILD, "A guild", swapped, at(99)).id == first.id
    assert observation_of(GUILD, "A guild", other, at(30)).id != first.id
    assert decode(encode(first)) == first
    assert (first.look, first.vanity, first.gap) == (None, None, False)
