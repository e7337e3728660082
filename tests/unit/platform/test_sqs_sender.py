"""Effects sent in batches: what SQS left is sent again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import GUILD, at
from usher.contracts.effect import EndDue, decode_effect
from usher.platform.sqs_sender import EffectSender
from usher.timing.terms import end_due


@dataclass
class Moody:
    """Takes of each batch all but some entries, and every single message."""

    leaves: set[str]
    taken: list[tuple[EndDue, int]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, object]:
        self.calls.append(operation)
        if operation == "SendMessage":
            self._take(request)
            return {}
        for entry in request["Entries"]:
            if entry["Id"] not in self.leaves:
                self._take(entry)
        failed = [{"Id": id_, "Code": "InternalError"} for id_ in sorted(self.leaves)]
        return {"Failed": failed} if failed else {}

    def _take(self, message: Mapping[str, Any]) -> None:
        order = decode_effect(message["MessageBody"])
        assert isinstance(order, EndDue)
        self.taken.append((order, message.get("DelaySeconds", 0)))


def test_what_a_batch_left_is_sent_again() -> None:
    queue = Moody({"1", "3"})
    orders = [(end_due(GUILD, f"X#ban#{n}", at(n)), n) for n in range(7)]

    EffectSender(queue, "queue").schedule([*orders])

    assert sorted(queue.taken, key=lambda one: one[1]) == orders
    assert queue.calls == ["SendMessageBatch", "SendMessage", "SendMessage"]


def test_nothing_is_no_request() -> None:
    queue = Moody(set())

    EffectSender(queue, "queue").schedule([])

    assert queue.calls == []
