"""Events reach every endpoint that wants them, however it behaves, and it alone feels it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.builders import GUILD
from tests.unit.hooks.stories import URL, Room, event
from usher.contracts.effect import SendMessage
from usher.contracts.hook_event import HookType
from usher.contracts.hook_order import Deliver, TellKept
from usher.hooks.model import Ending, Health, State
from usher.hooks.rules import PAUSES

DAY = timedelta(days=1)


def test_an_event_is_sent_to_who_listens_to_it_and_logged() -> None:
    room = Room()
    every = room.endpoint()
    room.endpoint("https://other.example/", frozenset({HookType.MEMBER_LEFT}))

    room.emit(event())
    assert room.work() == 1

    [(url, headers, _)] = room.receiver.taken
    assert (url, headers["webhook-id"]) == (URL, event().id)
    delivery = room.delivery(event(), every)
    assert (delivery.state, delivery.tries) == (State.DELIVERED, 1)
    assert delivery.attempts[0].status == 200


def test_an_event_told_twice_is_one_delivery() -> None:
    room = Room()
    room.endpoint()

    room.emit(event())
    room.emit(event())
    room.work()
    room.emit(event())
    room.work()

    assert len(room.receiver.taken) == 1


def test_a_worker_that_died_before_it_ordered_the_try_is_made_good_by_the_next_telling() -> None:
    room = Room()
    room.endpoint()
    room.emit(event())
    room.queue.orders.clear()

    room.emit(event())

    assert room.work() == 1


def test_or_by_the_clock() -> None:
    room = Room()
    room.endpoint()
    room.emit(event())
    room.queue.orders.clear()

    room.later(timedelta(minutes=11))
    room.swept()

    assert room.work() == 1


def test_an_event_kept_with_its_fact_is_told_once_and_forgotten() -> None:
    room = Room()
    room.endpoint()
    room.table.waiting[GUILD, event().id] = event()
    order = TellKept(GUILD, event().id)

    assert (room.spreading.tell(order), room.spreading.tell(order)) == (1, 0)
    assert room.work() == 1
    assert room.table.waiting == {}


def test_tries_follow_the_schedule_and_end() -> None:
    # Given an endpoint that answers with an error
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = 500
    room.emit(event())
    began, moments = room.now, []

    # When time passes
    while room.work() or room.delivery(event(), one).state is State.PENDING:
        moments.append(room.now - began)
        due_at = room.delivery(event(), one).due_at
        if due_at is None:
            break
        by_queue = [delay for order, delay in room.queue.orders if isinstance(order, Deliver)]
        room.now = room.now + timedelta(seconds=by_queue[0]) if by_queue else due_at
        if not by_queue:
            room.swept()

    # Then it was tried ten times, each time after the next pause
    waits = [later - before for before, later in pairwise(moments)]
    assert [w for w in waits if w] == list(PAUSES)
    assert room.delivery(event(), one).tries == len(PAUSES) + 1


def test_short_waits_are_the_queue_s_and_long_ones_the_clock_s() -> None:
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = 500
    room.emit(event())

    delays = []
    for _ in range(3):
        room.work()
        delays.append([delay for _, delay in room.queue.orders])
    assert delays == [[5], [300], []]
    due_at = room.delivery(event(), one).due_at
    assert due_at == room.now + timedelta(minutes=30)


def test_a_try_that_was_made_meanwhile_is_not_made_again() -> None:
    room = Room()
    room.endpoint()
    room.receiver.answers[URL] = 500
    room.emit(event())
    [(first, _)] = room.queue.orders
    room.work()

    assert isinstance(first, Deliver)
    assert room.tried(first) == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500])
def test_whatever_is_no_success_is_tried_again(status: int) -> None:
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = status
    room.emit(event())
    room.work()

    assert room.delivery(event(), one).state is State.PENDING


def test_an_endpoint_that_asks_for_patience_gets_it() -> None:
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = 429
    room.receiver.headers["retry-after"] = "3600"
    room.emit(event("1"), event("2"))

    assert room.work() == 1  # the second is not even sent
    assert room.delivery(event("1"), one).due_at == room.now + timedelta(hours=1)
    assert room.delivery(event("2"), one).tries == 0


def test_an_endpoint_that_is_silent_rests_and_is_looked_at_by_one_try_at_a_time() -> None:
    # Given an endpoint that never answers, and one that does
    room = Room()
    dead = room.endpoint()
    well = room.endpoint("https://well.example/")
    room.receiver.answers[URL] = None
    events = [event(str(number)) for number in range(1, 31)]

    # When thirty events come
    room.emit(*events)
    room.work()

    # Then three tries were lost on it, and the other one got everything
    assert len([1 for url, _, _ in room.receiver.taken if url == URL]) == 3
    assert {room.delivery(one, well).state for one in events} == {State.DELIVERED}

    # When its rest is over, then one try finds out, and the others wait on
    room.later(timedelta(seconds=31))
    room.receiver.taken.clear()
    room.work()
    assert len(room.receiver.taken) == 1

    # When it answers again, everything arrives
    room.receiver.answers.clear()
    for _ in range(40):
        room.later(timedelta(minutes=16))
        room.swept()
        room.work()
    assert {room.delivery(one, dead).state for one in events} == {State.DELIVERED}
    assert room.health(dead) == Health()


def test_gone_ends_it_at_once_and_is_told_once() -> None:
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = 410
    room.emit(event("1"), event("2"))
    room.work()

    assert room.health(one).ending is Ending.GONE
    [message] = room.admins.sent
    assert isinstance(message, SendMessage)
    assert "410" in message.content
    assert message.channel_id == "88"
    assert len(room.receiver.taken) == 1
    assert room.delivery(event("2"), one).state is State.HELD


def test_three_days_without_a_success_end_it_and_what_comes_is_kept_for_a_week() -> None:
    room = Room()
    one = room.endpoint()
    room.receiver.answers[URL] = 500
    room.emit(event())
    for _ in range(80):
        room.work()
        room.later(timedelta(hours=1))
        room.swept()

    assert room.health(one).ending is Ending.FAILING
    assert len(room.admins.sent) == 1
    room.emit(event("2"))
    assert room.delivery(event("2"), one).state is State.HELD
    room.later(8 * DAY)
    room.emit(event("3"))
    assert len(room.table.log) == 2


def test_admins_that_were_not_told_for_a_crash_are_told_by_the_next_try() -> None:
    room = Room()
    one = room.endpoint()
    room.emit(event())
    ended = Health(9, 0, room.now - 4 * DAY, None, room.now, Ending.FAILING)
    room.table.healths[GUILD, one.id] = ended

    room.work()

    assert len(room.admins.sent) == 1
    assert room.health(one) == replace(ended, told=True)


def test_a_test_reaches_an_endpoint_that_is_switched_off_and_changes_nothing_of_it() -> None:
    room = Room()
    one = room.endpoint()
    other = room.endpoint("https://other.example/")
    ended = Health(9, 0, room.now, None, room.now, Ending.GONE, told=True)
    room.table.healths[GUILD, one.id] = ended

    key = room.desk.test(one, "asked", room.now)
    room.emit(*room.queue.told)
    room.work()

    found = room.table.delivery(GUILD, one.id, key)
    assert found is not None
    assert found.state is State.DELIVERED
    assert room.health(one) == ended
    assert room.table.latest(GUILD, other.id, "E", 10) == ()


def test_deliveries_of_an_endpoint_that_was_deleted_end() -> None:
    room = Room()
    one = room.endpoint()
    room.emit(event())
    room.desk.endpoints.forget_endpoint(GUILD, one.id)

    assert room.work() == 0
    assert room.delivery(event(), one).state is State.FAILED
    assert room.delivery(event(), one).due_at is None


def test_what_was_missed_is_sent_when_it_is_asked_for_oldest_first_and_once() -> None:
    # Given an endpoint that was gone for a while
    room = Room()
    one = room.endpoint()
    events = [event(str(number)) for number in range(1, 121)]
    room.emit(events[0])
    room.work()
    room.table.healths[GUILD, one.id] = Health(9, 0, room.now, None, room.now, Ending.FAILING)
    room.emit(*events[1:])
    room.work()
    endpoint, health = room.table.endpoints(GUILD)[0]
    room.desk.enable(endpoint, health, room.now)
    room.receiver.taken.clear()

    # When what it missed is sent
    since, until = events[0].at, events[-1].at
    room.desk.replay(one, since, until, "run", only_failed=True)
    for _ in range(10):
        room.work()

    # Then each came once, under its own id, and what had been taken did not
    assert room.bodies() == [str(number) for number in range(2, 121)]
    ids = {headers["webhook-id"] for _, headers, _ in room.receiver.taken}
    assert ids == {one.id for one in events[1:]}


def test_everything_of_a_span_is_sent_again_once_though_the_page_is_done_twice() -> None:
    room = Room()
    one = room.endpoint()
    room.emit(event("1"), event("2"), event("3"))
    room.work()
    room.receiver.taken.clear()

    room.desk.replay(one, event("2").at, event("3").at, "run", only_failed=False)
    room.queue.orders *= 2
    for _ in range(4):
        room.work()

    assert room.bodies() == ["2", "3"]


def test_one_delivery_is_sent_again() -> None:
    room = Room()
    one = room.endpoint()
    room.emit(event("1"), event("2"))
    room.work()
    room.receiver.taken.clear()

    assert room.desk.replay_one(one, event("2").id, "run", room.now)
    assert not room.desk.replay_one(one, event("2").id, "again", room.now)
    room.work()

    assert room.bodies() == ["2"]
