"""The webhooks function's door: what fails comes again, and nobody waits for anybody else."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest

from tests.fakes.crash_world import SILENT
from tests.fakes.logs import FakeMeter
from tests.unit.hooks.stories import Room, event
from usher.contracts.hook_event import encode_events
from usher.contracts.hook_order import HookOrder, encode_order
from usher.hooks.model import Attempt, State
from usher.hooks.ports import Answered
from usher.platform.settings import SettingsError
from usher.platform.sqs_batch import Record
from webhooks.batch import HooksDoor
from webhooks.bootstrap import NEEDED, build


def door(room: Room, post: object = None) -> HooksDoor:
    return HooksDoor(
        spreading=room.spreading,
        delivering=room.delivering,
        replaying=room.replaying,
        post=post or room.receiver,  # type: ignore[arg-type]
        pool=ThreadPoolExecutor(4),
        clock=room.clock,
        patience=5,
        log=SILENT,
        meter=FakeMeter(),
    )


def record(body: str, id_: str = "m") -> Record:
    return {"messageId": id_, "body": body}


def orders(room: Room) -> list[HookOrder]:
    taken, room.queue.orders = room.queue.orders, []
    return [order for order, _ in taken]


def test_events_and_orders_go_through_one_door() -> None:
    room = Room()
    endpoint = room.endpoint()
    there = door(room)

    assert there.handle([record(body) for body in encode_events([event()])]) == {
        "batchItemFailures": []
    }
    there.handle([record(encode_order(one)) for one in orders(room)])

    assert room.delivery(event(), endpoint).state is State.DELIVERED
    room.desk.replay(endpoint, event().at, event().at, "run", only_failed=False)
    there.handle([record(encode_order(one)) for one in orders(room)])
    there.handle([record(encode_order(one)) for one in orders(room)])
    assert len(room.receiver.taken) == 2


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"v":1,"t":"deliver"}', '{"v":1,"t":"x"}', "7"])
def test_what_is_no_message_is_told_and_the_rest_is_done(body: str) -> None:
    room = Room()
    room.endpoint()
    (good,) = encode_events([event()])

    told = door(room).handle([record(body, "bad"), record(good, "good")])

    assert told == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert len(room.queue.orders) == 1


def test_posts_of_a_batch_run_side_by_side() -> None:
    # Given an endpoint that answers only once another one has been asked
    room = Room()
    room.endpoint("https://slow.example/")
    room.endpoint("https://quick.example/")
    asked = Event()

    class Both:
        def post(
            self, url: str, headers: Mapping[str, str], body: bytes, now: datetime
        ) -> Answered:
            if "slow" in url:
                assert asked.wait(5)
            else:
                asked.set()
            return Answered(Attempt(now, 1, 200), {})

    there = door(room, Both())
    room.emit(event())

    told = there.handle([record(encode_order(one)) for one in orders(room)])

    assert told == {"batchItemFailures": []}
    assert {one.state for one in room.table.log.values()} == {State.DELIVERED}


def test_a_table_that_fails_brings_the_message_again(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    endpoint = room.endpoint()
    room.emit(event())
    (order,) = orders(room)

    def fail(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(room.table, "change_delivery", fail)
        told = door(room).handle([record(encode_order(order))])
    assert told == {"batchItemFailures": [{"itemIdentifier": "m"}]}

    assert door(room).handle([record(encode_order(order))]) == {"batchItemFailures": []}
    assert room.delivery(event(), endpoint).state is State.DELIVERED


@pytest.mark.parametrize("missing", NEEDED)
def test_an_incomplete_environment_is_told(missing: str) -> None:
    environ = {**dict.fromkeys(NEEDED, "http://127.0.0.1:1/q"), "AWS_REGION": "us-east-1"}
    del environ[missing]

    with pytest.raises(SettingsError) as told:
        build(environ)
    assert told.value.problems == (missing,)
