"""What a worker gives back is there at once, in its order."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.builders import joined, observe
from usher.platform.sqs import EventsQueue, sqs_client


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[EventsQueue]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None
    with mock_aws():
        client = sqs_client("us-east-1")
        made = client.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})
        yield EventsQueue(client, made["QueueUrl"])


def received(events: EventsQueue) -> list[tuple[str, str]]:
    answer = events.client.receive_message(QueueUrl=events.queue_url, MaxNumberOfMessages=10)
    return [(found["MessageId"], found["ReceiptHandle"]) for found in answer.get("Messages", [])]


def test_messages_given_back_are_received_again_in_order(events: EventsQueue) -> None:
    for name in "abc":
        events.send(observe(joined("7"), id=name))
    first = received(events)
    assert received(events) == []

    events.give_back([handle for _, handle in first])

    assert [message for message, _ in received(events)] == [message for message, _ in first]
