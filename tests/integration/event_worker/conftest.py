"""The event worker's door as Lambda would build it, on an emulation of AWS."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from event_worker.bootstrap import build
from infra.local.emulator import Emulator
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_queue, make_table
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode

if TYPE_CHECKING:
    from event_worker.batch import Answer, EventDoor, Record


def record(observation: Observation, receives: int = 1) -> "Record":
    """An observation as Lambda hands it over."""
    return {
        "messageId": f"m-{observation.id}",
        "receiptHandle": f"r-{observation.id}",
        "body": encode(observation),
        "attributes": {
            "MessageGroupId": observation.guild_id,
            "ApproximateReceiveCount": str(receives),
        },
    }


@dataclass
class Road:
    """A door, and the cloud behind it."""

    door: "EventDoor"
    queue_url: str
    confirmations_url: str
    environ: dict[str, str]

    def handle(self, *records: "Record") -> "Answer":
        return self.door.handle(records, lambda: 15_000)

    def lines(self, prefix: str = "lines/") -> list[bytes]:
        """Objects of the ledger under a prefix, in key order."""
        client = boto3.client("s3", region_name=REGION)
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        found = []
        for key in keys:
            with client.get_object(Bucket=BUCKET, Key=key)["Body"] as body:
                found.append(body.read())
        client.close()
        return found

    def effects(self) -> list[str]:
        """Take the bodies that wait in the effects queue."""
        return take(self.queue_url)

    def waiting(self) -> int:
        """How many requests wait out their delay in the confirmations queue."""
        client = boto3.client("sqs", region_name=REGION)
        answer = client.get_queue_attributes(
            QueueUrl=self.confirmations_url, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
        )
        client.close()
        return int(answer["Attributes"]["ApproximateNumberOfMessagesDelayed"])


def take(queue_url: str) -> list[str]:
    """Take the bodies that wait in a queue."""
    client = boto3.client("sqs", region_name=REGION)
    found: list[str] = []
    while messages := client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        found += [message["Body"] for message in messages]
        for message in messages:
            client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    client.close()
    return found


def furnish(writers: int) -> Road:
    """Make table, bucket and queue, and the door over them."""
    for service, make in (("dynamodb", make_table), ("s3", make_bucket)):
        client = cast("Any", boto3).client(service, region_name=REGION)
        cast("Callable[[Any], str]", make)(client)
        client.close()
    client = boto3.client("sqs", region_name=REGION)
    queue_url = make_queue(client)
    confirmations_url = make_queue(client, "confirmations")
    repairs_url = make_queue(client, "repairs")
    client.close()
    environ = {
        "TABLE_NAME": TABLE,
        "LEDGER_BUCKET": BUCKET,
        "EVENTS_QUEUE_URL": queue_url,
        "EFFECTS_QUEUE_URL": queue_url,
        "CONFIRMATIONS_QUEUE_URL": confirmations_url,
        "REPAIRS_QUEUE_URL": repairs_url,
        "HOOKS_QUEUE_URL": "http://127.0.0.1:1/h",
        "AWS_REGION": REGION,
        "POWERTOOLS_SERVICE_NAME": "event_worker",
    }
    return Road(build(environ, writers), queue_url, confirmations_url, environ)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_REGION", REGION),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def wired(emulator: Emulator, credentials: None, monkeypatch: pytest.MonkeyPatch) -> Road:
    """The door on the emulator, over the wire and with threads."""
    emulator.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint_url)
    return furnish(writers=16)


@pytest.fixture(params=["moto", "emulator"])
def road(request: pytest.FixtureRequest, credentials: None) -> Iterator[Road]:
    """The door on moto, and on the emulator."""
    if request.param == "emulator":
        yield request.getfixturevalue("wired")
        return
    with mock_aws():
        yield furnish(writers=1)


@pytest.fixture
def app(road: Road, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module that Lambda imports, imported anew."""
    for name, value in road.environ.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("event_worker.app", None)
    yield importlib.import_module("event_worker.app")
    sys.modules.pop("event_worker.app", None)
