"""A FIFO queue that feeds a Lambda: a guild's messages in order, and again what failed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from event_worker.batch import EventDoor, Record
from tests.fakes.fuse import DiedError
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode

MOST_INVOCATIONS = 400


@dataclass(frozen=True)
class Message:
    """What lies in the queue."""

    id: str
    group: str
    body: str


def message(observation: Observation) -> Message:
    return Message(f"m-{observation.id}", observation.guild_id, encode(observation))


def deliver(door: Callable[[], EventDoor], messages: Iterable[Message], batch: int = 3) -> int:
    """Deliver until the queue is empty; return how many invocations that took.

    `door` is called for each invocation: what kept nothing may be the same one, for a process that
    died leaves nothing behind. Its whole batch comes again, also what was done before it died.
    """
    waiting = list(messages)
    received = dict.fromkeys((one.id for one in waiting), 0)
    for invocation in range(MOST_INVOCATIONS):
        if not waiting:
            return invocation
        batched = waiting[:batch]
        for one in batched:
            received[one.id] += 1
        try:
            records = [record(one, received[one.id]) for one in batched]
            answer = door().handle(records, lambda: 15_000)
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        except DiedError:
            failed = {one.id for one in batched}
        waiting = [one for one in batched if one.id in failed] + waiting[batch:]
    raise AssertionError("messages that never end")


def record(one: Message, receives: int) -> Record:
    return {
        "messageId": one.id,
        "receiptHandle": one.id,
        "body": one.body,
        "attributes": {
            "MessageGroupId": one.group,
            "ApproximateReceiveCount": str(receives),
        },
    }
