"""Requests and observations into their queues, and the door out of its environment."""

import json
from collections.abc import Iterator
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from confirmer.bootstrap import NEEDED, build
from confirmer.telling import WebhookProgress
from tests.builders import GUILD, at, joined, observe
from tests.fakes.logs import LogBook
from usher.contracts.backfill import BackfillStep, decode_request
from usher.contracts.confirmation import ConfirmationRequest, decode_confirmation
from usher.contracts.observation_codec import decode
from usher.ids import UserId
from usher.platform.discord_webhook import (
    DiscordWebhook,
    WebhookError,
    WebhookGoneError,
    WebhookUnavailableError,
)
from usher.platform.settings import SettingsError
from usher.platform.sqs import BackfillQueue, ConfirmationsQueue, EventsQueue
from usher.slash.replies import sentence


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None
    with mock_aws():
        yield


def test_requests_wait_in_the_queue_for_their_delay() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    url = client.create_queue(QueueName="confirmations")["QueueUrl"]
    joins = ((UserId("7"), at(10)),)
    request = ConfirmationRequest(GUILD, "A guild", joins, 1, at(12), at(17))

    ConfirmationsQueue(client, url).send([(request, 0), (request, 900)])

    messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [decode_confirmation(message["Body"]) for message in messages] == [request]
    names = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert names["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_backfills_step_waits_beside_them() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    url = client.create_queue(QueueName="confirmations")["QueueUrl"]
    step = BackfillStep(GUILD, "1001", at(0))

    BackfillQueue(client, url).send(step, 0)

    [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert decode_request(message["Body"]) == step


@pytest.mark.parametrize("error", [WebhookGoneError(404, 10015), WebhookUnavailableError(0, 0)])
def test_progress_that_cannot_be_shown_is_logged(error: WebhookError) -> None:
    log = LogBook()
    webhook = DiscordWebhook("http://127.0.0.1:9", "1")
    with patch.object(webhook, "edit_original", side_effect=error):
        WebhookProgress(webhook, log.logger).show("secret token", sentence("so far"))

    [line] = log.lines()
    assert (line["level"], line["status"]) == ("WARNING", error.status)
    assert "secret token" not in log.stream.getvalue()


def test_an_observation_is_taken_once_and_in_its_guilds_order() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    url = client.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    observation = observe(joined("7"))

    for _ in range(2):
        EventsQueue(client, url).send(observation)

    [message] = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
    )["Messages"]
    assert decode(message["Body"]) == observation
    assert message["Attributes"]["MessageGroupId"] == GUILD
    assert json.loads(message["Body"])["id"] == observation.id


@pytest.mark.parametrize("missing", NEEDED)
def test_the_door_is_built_from_its_environment(missing: str) -> None:
    environ = {**dict.fromkeys(NEEDED, "http://127.0.0.1:1/q"), "AWS_REGION": "us-east-1"}
    build(environ)
    del environ[missing]

    with pytest.raises(SettingsError) as told:
        build(environ)
    assert told.value.problems == (missing,)
