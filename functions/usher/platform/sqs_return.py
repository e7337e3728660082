"""Giving messages back to their queue without the SDK."""

from dataclasses import dataclass
from typing import Final

from usher.limits.returning import Message
from usher.platform.dynamo_reads import Caller
from usher.platform.sqs_batch import Record

MOVED_FROM: Final = "moved_from"
WAITING_SINCE: Final = "waiting_since"
"""Epoch milliseconds, as SQS tells them: its own age of a message begins anew with each copy."""


@dataclass(frozen=True, slots=True)
class ReturnQueue:
    """Implements the returning's Queue. Every method may raise AwsError."""

    client: Caller
    queue_url: str

    def hide(self, receipt: str, seconds: int) -> None:
        """Let nobody see a message for so long from now."""
        self.client.call(
            "ChangeMessageVisibility",
            {"QueueUrl": self.queue_url, "ReceiptHandle": receipt, "VisibilityTimeout": seconds},
        )

    def resend(self, message: Message, delay: int, move: str) -> None:
        """Send a message anew, which begins to count receives anew."""
        told = {MOVED_FROM: move}
        if message.waiting_since is not None:
            told[WAITING_SINCE] = str(round(message.waiting_since * 1000))
        attributes = {
            name: {"DataType": "String", "StringValue": text} for name, text in told.items()
        }
        self.client.call(
            "SendMessage",
            {
                "QueueUrl": self.queue_url,
                "MessageBody": message.body,
                "DelaySeconds": delay,
                "MessageAttributes": attributes,
            },
        )


def message_of(record: Record) -> Message:
    """Read what Lambda tells of a message beside its body."""
    told, carried = record.get("attributes", {}), record.get("messageAttributes", {})
    count = told.get("ApproximateReceiveCount", "1")
    moved = carried.get(MOVED_FROM, {}).get("stringValue")
    first = told.get("ApproximateFirstReceiveTimestamp", "")
    since = str(carried.get(WAITING_SINCE, {}).get("stringValue") or first)
    return Message(
        id=record["messageId"],
        body=record["body"],
        receipt=record.get("receiptHandle", ""),
        receives=int(count) if count.isdecimal() else 1,
        moved_from=moved if isinstance(moved, str) else None,
        waiting_since=int(since) / 1000 if since.isdecimal() else None,
    )
