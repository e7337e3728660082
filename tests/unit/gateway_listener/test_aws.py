"""The listener's two calls to AWS, against moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from gateway_listener.aws import SqsSender, read_token
from gateway_listener.errors import RefusedError
from gateway_listener.publish import SendError
from tests.fakes.sdk import SdkCaller


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def test_a_message_arrives_in_its_group_once_per_deduplication_id() -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sender = SqsSender(SdkCaller(client), url)
    sender.send("100", "o-1", "{}")
    sender.send("100", "o-1", "{}")
    messages = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert [message["Attributes"]["MessageGroupId"] for message in messages] == ["100"]


def test_a_refused_message_is_a_send_error_with_awss_name() -> None:
    caller = SdkCaller(boto3.client("sqs"))
    sender = SqsSender(caller, "https://sqs.us-east-1.amazonaws.com/1/no.fifo")
    with pytest.raises(SendError) as caught:
        sender.send("100", "o-1", "{}")
    assert "NonExistentQueue" in caught.value.reason


@pytest.mark.parametrize("text", ["bot.token", " bot.token\n", '{"token": "bot.token"}'])
def test_the_secret_is_the_token_or_has_it(text: str) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="usher/discord-token", SecretString=text)
    assert read_token(SdkCaller(client), "usher/discord-token") == "bot.token"


@pytest.mark.parametrize("text", ["  ", "{}", "{broken", '{"token": 5}'])
def test_a_secret_without_token_is_told_to_the_administrator(text: str) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="usher/discord-token", SecretString=text)
    with pytest.raises(RefusedError, match="holds no token"):
        read_token(SdkCaller(client), "usher/discord-token")


def test_a_missing_secret_is_told_to_the_administrator() -> None:
    with pytest.raises(RefusedError, match="ResourceNotFoundException"):
        read_token(SdkCaller(boto3.client("secretsmanager")), "usher/discord-token")
