"""A batch of messages: events spread, deliveries tried side by side, replays taken on.

The table is asked from one thread, since its client serves one; only the posts run beside each
other, so that a batch takes as long as its slowest endpoint, which has its limit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from usher.contracts.hook_event import HookEvent
from usher.contracts.hook_order import Deliver, Replay, TellKept, decode_hook
from usher.hooks.delivering import Ready
from usher.hooks.ports import Answered, Post
from usher.hooks.rules import succeeded
from usher.platform.logging import Logger
from usher.platform.sqs_batch import Answer, Failure, Record

SLACK: Final = 20.0
"""Seconds beyond a post's own limit after which it is given up: looking a name up has none."""


class Spreads(Protocol):
    """Makes deliveries of events."""

    def spread(self, events: Sequence[HookEvent]) -> int:
        """Take events in; return the number of deliveries ordered."""
        ...

    def tell(self, order: TellKept) -> int:
        """Take in an event that was written with its fact."""
        ...


class Delivers(Protocol):
    """Tries deliveries."""

    def begin(self, order: Deliver) -> Ready | None:
        """Prepare a try; None where none is to be made."""
        ...

    def settle(self, ready: Ready, answered: Answered) -> None:
        """Note what came back."""
        ...


class Replays(Protocol):
    """Sends deliveries again."""

    def page(self, order: Replay) -> None:
        """Send a page, and order the next one."""
        ...


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


@dataclass(frozen=True, slots=True)
class HooksDoor:
    """Processes batches; nothing that a record does raises out of it."""

    spreading: Spreads
    delivering: Delivers
    replaying: Replays
    post: Post
    pool: Executor
    clock: Callable[[], datetime]
    patience: float
    """Seconds that a post may take in all."""
    log: Logger
    meter: Meter

    def handle(self, records: Iterable[Record]) -> Answer:
        """Do what messages ask; those that failed come again."""
        failures: list[Failure] = []
        going: list[tuple[Record, Ready, Future[Answered]]] = []
        for record in records:
            try:
                ready = self._begin(record)
            except Exception:
                self.log.exception("webhook message failed", extra=_who(record))
                failures.append({"itemIdentifier": record["messageId"]})
            else:
                if ready is not None:
                    going.append((record, ready, self.pool.submit(self._post, ready)))
        for record, ready, posted in going:
            try:
                self._settle(ready, posted.result(self.patience + SLACK))
            except Exception:
                self.log.exception("webhook message failed", extra=_who(record))
                failures.append({"itemIdentifier": record["messageId"]})
        self.meter.count("WebhookMessagesFailed", len(failures))
        return {"batchItemFailures": failures}

    def _begin(self, record: Record) -> Ready | None:
        message = decode_hook(record["body"])
        match message:
            case Deliver():
                return self.delivering.begin(message)
            case TellKept():
                self.spreading.tell(message)
            case Replay():
                self.replaying.page(message)
            case _:
                self.spreading.spread(message)
        return None

    def _post(self, ready: Ready) -> Answered:
        return self.post.post(ready.endpoint.url, ready.headers, ready.body, self.clock())

    def _settle(self, ready: Ready, answered: Answered) -> None:
        self.delivering.settle(ready, answered)
        attempt, event = answered.attempt, ready.delivery.event
        done = succeeded(attempt)
        told = {
            "guild_id": event.guild_id,
            "endpoint_id": ready.endpoint.id,
            "event_id": event.id,
            "type": event.type.value,
            "status": attempt.status,
            "error": attempt.error,
            "duration_ms": attempt.milliseconds,
        }
        self.log.info("webhook delivered" if done else "webhook not taken", extra=told)
        self.meter.count("WebhookTries", 1, {"result": "taken" if done else "not_taken"})


def _who(record: Record) -> dict[str, object]:
    return {"message_id": record["messageId"]}
