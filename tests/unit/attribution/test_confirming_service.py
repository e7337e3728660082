"""Requests answered by Discord's record, asked again, put off or given up: nothing is forgotten."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.confirmations import FakeConfirmations
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.members_search import FakeEvents, FakeGates, FakeMembersSearch
from usher.attribution.confirming import SCHEDULE
from usher.attribution.confirming_ports import (
    ConfirmingReport,
    Gate,
    SearchLimitedError,
    SearchRefusedError,
)
from usher.attribution.confirming_service import MOST_CALLS, ConfirmingService
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.observation import MemberSearched
from usher.ids import UserId

NOW = at(17)


@dataclass
class Bench:
    """A service, its world, and the time."""

    discord: FakeMembersSearch = field(default_factory=FakeMembersSearch)
    gates: FakeGates = field(default_factory=FakeGates)
    events: FakeEvents = field(default_factory=FakeEvents)
    queue: FakeConfirmations = field(default_factory=FakeConfirmations)
    now: datetime = NOW

    @property
    def service(self) -> ConfirmingService:
        return ConfirmingService(
            self.gates, self.discord, self.events, self.queue, lambda: self.now
        )

    def handle(self, *requests: ConfirmationRequest, may_ask: bool = True) -> ConfirmingReport:
        return self.service.handle(requests, lambda: may_ask)

    def later(self) -> list[ConfirmationRequest]:
        """Take the requests that wait in the queue."""
        found = [request for request, _ in self.queue.sent]
        self.queue.sent.clear()
        return found

    def confirmed(self) -> dict[str, str | None]:
        """Users and codes told to the event worker."""
        return {
            event.person.user_id: event.code
            for observation in self.events.sent
            for event in observation.events
            if isinstance(event, MemberSearched)
        }


def request(
    *users: str, attempt: int = 1, apart: float = 0, first: float = 10
) -> ConfirmationRequest:
    joins = tuple((UserId(user), at(first + apart * n)) for n, user in enumerate(users))
    return ConfirmationRequest(
        GUILD, "A guild", joins, attempt, at(12), at(12) + SCHEDULE[attempt - 1]
    )


def test_what_the_record_tells_goes_to_the_event_worker_and_the_rest_is_asked_again() -> None:
    bench = Bench()
    bench.discord.join("1", at(10), "abc")

    report = bench.handle(request("1", "2"))

    [observation] = bench.events.sent
    assert (observation.guild_id, observation.guild_name, observation.at) == (
        GUILD,
        "A guild",
        at(17),
    )
    [event] = observation.events
    assert isinstance(event, MemberSearched)
    assert (event.person.user_id, event.joined_at, event.code) == ("1", at(10), "abc")
    [(again, delay)] = bench.queue.sent
    assert (again.attempt, again.joins, delay) == (2, ((UserId("2"), at(10)),), 20)
    assert (report.calls, report.confirmed, report.again, report.given_up) == (1, 1, 1, 0)


def test_an_empty_answer_is_not_a_no_until_the_schedule_ends() -> None:
    bench = Bench()
    asked = [request("1")]
    times = []
    while asked:
        bench.now = asked[0].due_at
        times.append((bench.now - at(12)).total_seconds())
        report = bench.handle(*asked)
        asked = bench.later()

    assert times == [5, 25, 120, 900, 21600]
    assert bench.events.sent == []
    assert report.given_up == 1


def test_a_member_found_at_the_last_attempt_is_told() -> None:
    bench = Bench(now=at(12 + 21600))
    bench.discord.join("1", at(10), "abc")

    bench.handle(request("1", attempt=5))

    assert bench.confirmed() == {"1": "abc"}
    assert bench.later() == []


def test_a_request_that_is_not_due_waits_on_without_a_call() -> None:
    bench = Bench(now=at(12 + 1000))
    waiting = request("1", attempt=5)

    report = bench.handle(waiting)

    assert bench.queue.sent == [(waiting, 900)]
    assert bench.discord.asked == []
    assert report.again == 1


def test_requests_of_one_guild_share_a_search() -> None:
    bench = Bench()
    for user in ("1", "2", "3"):
        bench.discord.join(user, at(10), f"code{user}")

    bench.handle(request("1"), request("2"), request("3", "2"))

    assert len(bench.discord.asked) == 1
    assert bench.confirmed() == {"1": "code1", "2": "code2", "3": "code3"}
    assert len(bench.events.sent) == 1


def test_a_burst_of_a_hundred_is_one_search() -> None:
    bench = Bench()
    users = [str(1000 + n) for n in range(100)]
    for n, user in enumerate(users):
        bench.discord.join(user, at(10 + n / 100), "abc")

    report = bench.handle(request(*users, apart=0.01))

    assert len(bench.discord.asked) == 1
    assert len(bench.confirmed()) == 100
    assert (report.confirmed, report.again) == (100, 0)


def test_pages_are_read_until_everybody_asked_for_is_found() -> None:
    # Given 2,500 joins within a second, of which the eldest 40 are asked for
    bench = Bench()
    for n in range(2500):
        bench.discord.join(str(10_000 + n), at(10 + n / 3000), "abc")

    report = bench.handle(
        *(request(*(str(10_000 + n) for n in range(40)), apart=1 / 3000) for _ in range(2))
    )

    assert len(bench.discord.asked) == 3
    assert (report.confirmed, report.again) == (40, 0)


def test_pages_without_end_are_left_to_the_next_attempt() -> None:
    bench = Bench()
    for n in range(7000):
        bench.discord.join(str(10_000 + n), at(10 + n / 7000), "abc")

    report = bench.handle(request(*(str(10_000 + n) for n in range(40)), apart=1 / 7000))

    assert report.calls == 5
    [again] = bench.later()
    assert (again.attempt, len(again.joins)) == (2, 40)


def test_many_joins_far_apart_are_searched_some_at_a_time() -> None:
    # Given 100 joins an hour apart each: 10 searches of ten ids; and 20 more
    bench = Bench(now=at(3600 * 200))
    users = [str(1000 + n) for n in range(120)]
    for n, user in enumerate(users):
        bench.discord.join(user, at(10 + 3600 * n), "abc")
    requests = [
        request(*users[:60], apart=3600),
        request(*users[60:], apart=3600, first=10 + 3600 * 60),
    ]

    report = bench.handle(*requests)

    assert (report.calls, report.confirmed) == (MOST_CALLS, 100)
    [again] = bench.later()
    assert (again.attempt, len(again.joins), again.due_at) == (
        1,
        20,
        bench.now + timedelta(seconds=1),
    )
    bench.now += timedelta(seconds=1)
    bench.handle(again)
    assert len(bench.confirmed()) == 120


@pytest.mark.parametrize(("told", "wait"), [(15, 15), (0, 5), (0.1, 1), (99999, 900)])
def test_an_index_that_is_not_ready_is_asked_again_without_an_attempt_spent(
    told: float, wait: float
) -> None:
    bench = Bench()
    bench.discord.moods = [{"code": 110000, "retry_after": told}]

    report = bench.handle(request("1"))

    assert report.not_ready
    [again] = bench.later()
    assert (again.attempt, again.due_at, again.postponed) == (1, at(17 + wait), 1)
    assert bench.gates.gates == {}


def test_a_rate_limit_is_waited_out_and_what_was_found_before_it_is_kept() -> None:
    # Given two searches, the second of them limited
    bench = Bench()
    users = [str(1000 + n) for n in range(20)]
    for n, user in enumerate(users):
        bench.discord.join(user, at(10 + 3600 * n), "abc")
    bench.now = at(3600 * 30)
    bench.discord.moods = [None, SearchLimitedError(42, everywhere=False)]

    report = bench.handle(request(*users, apart=3600))

    assert (report.confirmed, report.again) == (10, 10)
    [again] = bench.later()
    assert (again.attempt, again.due_at) == (1, bench.now + timedelta(seconds=42))
    assert bench.gates.gates == {}


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10004), (400, 50035), (405, 0)])
def test_a_refusal_closes_the_guilds_gate_and_nothing_more_is_asked(status: int, code: int) -> None:
    bench = Bench()
    bench.discord.moods = [SearchRefusedError(status, code)]

    report = bench.handle(request("1"))

    assert report.refused is not None
    assert bench.gates.read(GUILD) == Gate(closed_until=at(17 + 3600), refusals=1)
    [again] = bench.later()
    assert (again.attempt, again.due_at) == (5, at(12 + 21600))

    # When other joins are to be confirmed meanwhile
    bench.now = at(600)
    assert bench.handle(request("2")).closed
    assert len(bench.discord.asked) == 1
    [again] = bench.later()
    assert again.due_at == at(12 + 21600)


def test_refusals_in_a_row_double_the_rest_and_an_answer_ends_it() -> None:
    bench = Bench()
    bench.discord.moods = [SearchRefusedError(403, 0), SearchRefusedError(403, 0)]
    bench.handle(request("1"))
    bench.now = at(17 + 3601)
    bench.handle(request("1"))
    assert bench.gates.read(GUILD).closed_until == bench.now + timedelta(hours=2)

    bench.now += timedelta(hours=2)
    bench.handle(request("1"))

    assert bench.gates.read(GUILD) == Gate()


@pytest.mark.parametrize(
    "body",
    [
        "null",
        [],
        {"members": 5},
        {"members": [{"member": {"user": {}, "joined_at": "2026-11-20T12:00:00Z"}}]},
    ],
)
def test_an_answer_of_an_unknown_shape_closes_the_gate_too(body: object) -> None:
    bench = Bench()
    bench.discord.moods = [body]

    report = bench.handle(request("1"))

    assert report.refused is not None
    assert bench.gates.read(GUILD).closed_until == at(17 + 3600)


def test_requests_that_wait_for_a_gate_longer_than_a_day_are_given_up() -> None:
    bench = Bench(now=at(12 + 21600))
    bench.gates.close(GUILD, at(12 + 86401), 5)

    report = bench.handle(request("1", attempt=5))

    assert (report.closed, report.given_up, report.calls) == (True, 1, 0)
    assert bench.later() == []


def test_a_setting_that_is_off_ends_what_was_under_way() -> None:
    bench = Bench()
    bench.gates.gates[GUILD] = Gate(wanted=False)

    report = bench.handle(request("1"))

    assert (report.unwanted, report.given_up, report.calls) == (True, 1, 0)
    assert bench.later() == []
    assert bench.events.sent == []


def test_a_member_who_has_rejoined_is_not_told_of_the_earlier_join() -> None:
    bench = Bench()
    bench.discord.join("1", at(15), "other")

    bench.handle(request("1"))

    assert bench.events.sent == []
    [again] = bench.later()
    assert again.attempt == 2


def test_a_request_delivered_twice_tells_the_same_once() -> None:
    bench = Bench()
    bench.discord.join("1", at(10), "abc")

    bench.handle(request("1"))
    bench.now = at(19)
    bench.handle(request("1"))

    assert len(bench.events.sent) == 2
    assert len(bench.events.taken()) == 1


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_ending_between_telling_and_asking_again_loses_nothing(before: bool) -> None:
    # Given a process that ends when it hands over what is to be asked again
    bench = Bench()
    bench.discord.join("1", at(10), "abc")
    bench.queue.fuse = Fuse(at=1, before=before)
    with pytest.raises(BrokenOffError):
        bench.handle(request("1", "2"))

    # When the message comes again
    bench.queue.fuse = Fuse()
    bench.handle(request("1", "2"))

    # Then the observation counts once, and the other join is asked for again
    assert len(bench.events.taken()) == 1
    assert {join for one in bench.later() for join in one.joins} == {(UserId("2"), at(10))}


def test_an_outage_changes_nothing_and_the_message_comes_again() -> None:
    bench = Bench()
    bench.discord.moods = [OSError()]

    with pytest.raises(OSError):
        bench.handle(request("1"))

    assert bench.later() == []
    assert bench.events.sent == []
    assert bench.gates.gates == {}


def test_without_time_left_nothing_is_asked_and_nothing_spent() -> None:
    bench = Bench()

    bench.handle(request("1"), may_ask=False)

    assert bench.discord.asked == []
    [again] = bench.later()
    assert (again.attempt, again.due_at) == (1, at(18))


def test_requests_are_put_off_when_the_whole_bot_is_limited() -> None:
    bench = Bench()

    bench.service.postpone([request("1")], 30)

    [again] = bench.later()
    assert (again.attempt, again.due_at) == (1, at(47))
