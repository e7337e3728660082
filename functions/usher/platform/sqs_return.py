"""Giving messages back to their queue without the SDK."""

from dataclasses import dataclass
from typing import Final

from usher.limits.returning import Message
from usher.platform.dynamo_reads import Caller
from usher.platform.sqs_batch import Record

MOVED_FROM: Final = "moved_from"


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

    def resend(self, body: str, delay: int, moved_from: str) -> None:
        """Send a message anew, which begins to count receives anew."""
        told = {"DataType": "String", "StringValue": moved_from}
        self.client.call(
            "SendMessage",
            {
                "QueueUrl": self.queue_url,
                "MessageBody": body,
                "DelaySeconds": delay,
                "MessageAttributes": {MOVED_FROM: told},
            },
        )


def message_of(record: Record) -> Message:
    """Read what Lambda tells of a message beside its body."""
    count = record.get("attributes", {}).get("ApproximateReceiveCount", "1")
    moved = record.get("messageAttributes", {}).get(MOVED_FROM, {}).get("stringValue")
    return Message(
        id=record["messageId"],
        body=record["body"],
        receipt=record.get("receiptHandle", ""),
        receives=int(count) if count.isdecimal() else 1,
        moved_from=moved if isinstance(moved, str) else None,
    )
