"""Dead letters through SQS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.dlq.letter import Letter
from infra.dlq.ports import Pair, UnsupportedError
from infra.doctor.cloud_probes import FUNCTION, QUEUE, log_group, name_of
from infra.doctor.place import Place

BATCH: Final = 10
_UNSUPPORTED: Final = ("UnsupportedOperation", "InvalidAction", "InvalidParameterValue")


@dataclass(frozen=True, slots=True)
class SqsLetters:
    """Implements Letters."""

    client: Any

    def count(self, pair: Pair) -> int:
        """Say about how many there are, those in somebody's hands too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client.get_queue_attributes(QueueUrl=pair.dead_url, AttributeNames=names)
        return sum(int(answer["Attributes"].get(name, 0)) for name in names)

    def take(self, pair: Pair, seconds: int) -> Sequence[Letter]:
        """Read up to ten, hiding them for so long."""
        answer = self.client.receive_message(
            QueueUrl=pair.dead_url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp", "MessageGroupId"],
        )
        return [_letter(one) for one in answer.get("Messages", ())]

    def release(self, pair: Pair, letters: Sequence[Letter]) -> None:
        """Show letters again at once; those that are gone are no error."""
        for begin in range(0, len(letters), BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                for number, one in enumerate(letters[begin : begin + BATCH])
            ]
            self.client.change_message_visibility_batch(QueueUrl=pair.dead_url, Entries=entries)

    def send(self, pair: Pair, letter: Letter, deduplication_id: str) -> None:
        """Put a letter into its own queue again."""
        order = (
            {
                "MessageGroupId": letter.group or letter.id,
                "MessageDeduplicationId": deduplication_id,
            }
            if pair.fifo
            else {}
        )
        self.client.send_message(QueueUrl=pair.url, MessageBody=letter.body, **order)

    def delete(self, pair: Pair, letter: Letter) -> None:
        """Delete a dead letter."""
        self.client.delete_message(QueueUrl=pair.dead_url, ReceiptHandle=letter.receipt)

    def move(self, pair: Pair) -> str:
        """Have SQS move everything back (API reference: StartMessageMoveTask)."""
        try:
            answer = self.client.start_message_move_task(
                SourceArn=self._arn(pair.dead_url), DestinationArn=self._arn(pair.url)
            )
        except ClientError as error:
            if error.response["Error"].get("Code", "").rpartition(".")[2] in _UNSUPPORTED:
                raise UnsupportedError from error
            raise
        return str(answer["TaskHandle"])

    def moved(self, pair: Pair, task: str) -> tuple[str, int]:
        """Say how a move stands, and how many were moved."""
        answer = self.client.list_message_move_tasks(SourceArn=self._arn(pair.dead_url))
        for one in answer.get("Results", ()):
            if one.get("TaskHandle") in (task, None):
                return str(one["Status"]), int(one.get("ApproximateNumberOfMessagesMoved", 0))
        return "COMPLETED", 0

    def _arn(self, url: str) -> str:
        asked = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(asked["Attributes"]["QueueArn"])


def pairs(place: Place) -> tuple[Pair, ...]:
    """Find a stack's queues that give messages up; raises PlaceError and the SDK's errors."""
    sqs, resources = place.client("sqs"), place.layout.of_type(QUEUE)
    told = {one.physical_id: _attributes(sqs, one.physical_id) for one in resources}
    by_arn = {attributes["QueueArn"]: url for url, attributes in told.items()}
    groups = _groups(place)
    found = []
    for one in resources:
        policy = json.loads(told[one.physical_id].get("RedrivePolicy") or "{}")
        dead = by_arn.get(policy.get("deadLetterTargetArn"))
        if dead is not None:
            group = groups.get(told[one.physical_id]["QueueArn"])
            found.append(Pair(name_of(one), one.physical_id, dead, group))
    return tuple(sorted(found, key=lambda pair: pair.name))


def _attributes(sqs: Any, url: str) -> Mapping[str, str]:  # noqa: ANN401 - a client without stubs
    names = ["QueueArn", "RedrivePolicy"]
    answer: Mapping[str, Mapping[str, str]] = sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=names
    )
    return answer["Attributes"]


def _groups(place: Place) -> dict[str, str]:
    """Name the log groups of the functions that read queues, by the queue's ARN."""
    functions = place.client("lambda")
    ours = {one.physical_id for one in place.layout.of_type(FUNCTION)}
    found: dict[str, str] = {}
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for one in page.get("EventSourceMappings", ()):
            name = str(one.get("FunctionArn", "")).rsplit(":", 1)[-1]
            if name in ours:
                told = functions.get_function_configuration(FunctionName=name)
                found[str(one.get("EventSourceArn"))] = log_group(told)
    return found


def _letter(message: Mapping[str, Any]) -> Letter:
    attributes = message.get("Attributes", {})
    sent = int(attributes.get("SentTimestamp", 0)) / 1000
    return Letter(
        id=str(message["MessageId"]),
        body=str(message["Body"]),
        sent_at=datetime.fromtimestamp(sent, UTC),
        receipt=str(message["ReceiptHandle"]),
        group=attributes.get("MessageGroupId"),
    )
