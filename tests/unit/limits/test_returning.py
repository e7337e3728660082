"""Messages that wait for Discord: none is lost and none is done twice, whatever breaks off."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.limits import FakeMoves
from usher.limits.returning import LONGEST_OUTAGE, Message, Returning, outage_wait
from usher.platform.sqs_return import ReturnQueue, message_of

VISIBILITY = 180
MOST_RECEIVES = 5
"""As template.yaml has it for effects."""


class BrokenOffError(Exception):
    """The process ends here."""


class QueueDownError(Exception):
    """SQS does not take it."""


@dataclass
class Kept:
    """A message in the queue."""

    body: str
    moved_from: str | None
    visible_at: float
    waiting_since: float | None = None
    receives: int = 0


@dataclass
class FakeQueue:
    """A standard queue with a dead-letter queue, and a process that may end at any step."""

    now: float = 0.0
    kept: dict[str, Kept] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    down: bool = False
    sent: int = 0
    fuse: int = -1
    """Steps until the process ends; below 0 for never."""

    def send(
        self,
        body: str,
        delay: float = 0.0,
        moved_from: str | None = None,
        since: float | None = None,
    ) -> None:
        self.sent += 1
        name = f"m{self.sent}"
        self.kept[name] = Kept(body, moved_from, self.now + delay, since)

    def receive(self) -> Message | None:
        """Take the message that is seen first, letting time pass until then."""
        waiting = [(one.visible_at, name) for name, one in self.kept.items()]
        if not waiting:
            return None
        at, name = heapq.nsmallest(1, waiting)[0]
        self.now = max(self.now, at)
        one = self.kept[name]
        if one.receives >= MOST_RECEIVES:
            self.dead.append(one.body)
            del self.kept[name]
            return self.receive()
        one.receives += 1
        one.visible_at = self.now + VISIBILITY
        since = self.now if one.waiting_since is None else one.waiting_since
        return Message(name, one.body, name, one.receives, one.moved_from, since)

    def hide(self, receipt: str, seconds: int) -> None:
        self._step()
        self.kept[receipt].visible_at = self.now + seconds

    def resend(self, message: Message, delay: int, move: str) -> None:
        self._step()
        assert delay <= 900
        self.send(message.body, delay, move, message.waiting_since)
        self._step()

    def delete(self, message: Message) -> None:
        self._step()
        self.kept.pop(message.id, None)

    def _step(self) -> None:
        if self.down:
            raise QueueDownError
        self.fuse -= 1
        if self.fuse == 0:
            raise BrokenOffError


def run(queue: FakeQueue, opens_at: float, wait: float) -> list[tuple[str, float]]:
    """Do messages once Discord is open; until then give them back."""
    back, done = Returning(queue, FakeMoves(), (QueueDownError,)), list[tuple[str, float]]()
    for _ in range(2_000):
        message = queue.receive()
        if message is None:
            return done
        try:
            if not back.counts(message):
                queue.delete(message)
            elif queue.now < opens_at:
                if back.give_back(message, min(wait, opens_at - queue.now)):
                    queue.delete(message)
            else:
                done.append((message.body, queue.now))
                queue.delete(message)
        except BrokenOffError:
            queue.fuse = -1
    raise AssertionError("it does not end")


@given(
    closed=st.floats(0, 4 * 86_400),
    wait=st.floats(0.2, 86_400),
    count=st.integers(1, 5),
    fuse=st.integers(1, 60),
)
def test_nothing_is_lost_or_done_twice_wherever_a_process_ends(
    closed: float, wait: float, count: int, fuse: int
) -> None:
    wait = max(wait, closed / 100)
    queue = FakeQueue(fuse=fuse)
    for number in range(count):
        queue.send(f"e{number}")

    done = run(queue, closed, wait)

    # What was being deleted when the process ended is done again: that is what nonces are for.
    assert {body for body, _ in done} == {f"e{number}" for number in range(count)}
    assert len(done) <= count + 1
    assert queue.dead == []
    early = [at for _, at in done if at < closed]
    assert early == []


def test_a_copy_that_was_done_counts_for_every_later_receive() -> None:
    # Given a message that was sent anew, by a process that ended before it deleted it
    queue, moves = FakeQueue(), FakeMoves()
    back = Returning(queue, moves, (QueueDownError,))
    original = Message("m0", "e", "r", receives=3)
    assert back.give_back(original, 0)
    copy = queue.receive()
    assert copy is not None
    assert back.counts(copy)  # and it is done

    # When the next process ends before its turn too
    # Then it does not count at the receive after that either
    assert not back.counts(replace(original, receives=4))
    assert not back.counts(replace(original, receives=5))


def test_a_copy_that_was_given_up_counts_when_it_is_put_back() -> None:
    # Given a copy that counted, failed for good and lay among the dead letters
    queue, moves = FakeQueue(), FakeMoves()
    back = Returning(queue, moves, (QueueDownError,))
    original = Message("m0", "e", "r", receives=3)
    assert back.give_back(original, 0)
    copy = queue.receive()
    assert copy is not None
    assert back.counts(copy)

    # When SQS moves it back, which names it anew (SQS guide: dead-letter queue redrive)
    assert back.counts(replace(copy, id="another", receives=1))

    # Then what it is a copy of does not count all the same
    assert not back.counts(replace(original, receives=4))


def test_an_hour_is_one_wait_and_no_more() -> None:
    queue = FakeQueue()
    queue.send("e")

    [(_, at)] = run(queue, 3600, 3600)

    assert at == 3600
    assert [one.receives for one in queue.kept.values()] == []


def test_ten_hours_without_an_answer_cost_no_message() -> None:
    queue = FakeQueue()
    queue.send("e")

    [(_, at)] = run(queue, 36_000, LONGEST_OUTAGE)

    assert 36_000 <= at <= 36_000 + LONGEST_OUTAGE
    assert queue.dead == []


def test_a_queue_that_takes_nothing_leaves_the_message_where_it_is() -> None:
    queue = FakeQueue(down=True)
    back = Returning(queue, FakeMoves(), (QueueDownError,))

    assert not back.give_back(Message("m", "e", "r"), 60)
    assert not back.give_back(Message("m", "e", "r", receives=3), 60)


@pytest.mark.parametrize(("receives", "seconds"), [(1, 15), (2, 30), (3, 60), (4, 120), (99, 120)])
def test_an_outage_is_tried_again_while_the_nonce_is_known(receives: int, seconds: float) -> None:
    assert outage_wait(receives) == seconds
    assert outage_wait(receives, 0.0) == seconds / 2


@dataclass
class FakeSqs:
    """Remembers what it is called with."""

    calls: list[dict[str, Any]] = field(default_factory=list)

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        self.calls.append({"operation": operation, **request})
        return {}


@pytest.mark.parametrize("before", [None, "1700000000500"])
def test_a_copy_says_since_when_it_waits(before: str | None) -> None:
    sqs = FakeSqs()
    told = {} if before is None else {"waiting_since": {"stringValue": before}}
    first = {"ApproximateReceiveCount": "3", "ApproximateFirstReceiveTimestamp": "1800000000123"}
    message = message_of(
        {"messageId": "m", "body": "e", "attributes": first, "messageAttributes": told}
    )
    assert message.receives == 3

    ReturnQueue(sqs, "https://queue").resend(message, 60, "m.3")

    [call] = sqs.calls
    texts = {name: one["StringValue"] for name, one in call["MessageAttributes"].items()}
    assert texts == {"moved_from": "m.3", "waiting_since": before or "1800000000123"}
    assert (call["operation"], call["MessageBody"], call["DelaySeconds"]) == (
        *("SendMessage", "e", 60),
    )


@pytest.mark.parametrize("odd", ["", "soon", "-1", "1e9"])
def test_a_time_that_is_none_is_not_measured(odd: str) -> None:
    attributes = {"ApproximateFirstReceiveTimestamp": odd}

    message = message_of({"messageId": "m", "body": "e", "attributes": attributes})

    assert message.waiting_since is None
