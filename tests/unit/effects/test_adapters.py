"""The token from its secret, effects into their queue, metrics into the log."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from effects.bootstrap import build
from tests.builders import GUILD
from usher.contracts.effect import SendMessage, decode_effect
from usher.ids import ChannelId
from usher.limits.building import figures
from usher.limits.ports import Tally
from usher.platform.metrics import EmfMeter
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import SettingsError
from usher.platform.sqs import EffectsQueue
from usher.platform.token_text import SecretError


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None
    with mock_aws():
        yield


@pytest.mark.parametrize("text", ["t0ken", " t0ken\n", '{"token": "t0ken"}', '{"token":"t0ken "}'])
def test_the_token_is_the_whole_secret_or_its_token_field(text: str) -> None:
    client = secrets_client("us-east-1")
    client.create_secret(Name="usher/discord-token", SecretString=text)

    assert TokenSecret(client, "usher/discord-token").get() == "t0ken"


@pytest.mark.parametrize("text", [" ", "{}", '{"token": 5}', '{"token": ""}', "{broken"])
def test_a_secret_without_a_token_is_told_by_name_alone(text: str) -> None:
    client = secrets_client("us-east-1")
    client.create_secret(Name="usher/discord-token", SecretString=text)

    with pytest.raises(SecretError) as told:
        TokenSecret(client, "usher/discord-token").get()
    assert str(told.value) == "no token in secret usher/discord-token"


def test_the_token_is_read_once_until_it_is_refused() -> None:
    client = secrets_client("us-east-1")
    client.create_secret(Name="s", SecretString="first")
    secret = TokenSecret(client, "s")
    assert secret.get() == "first"

    client.put_secret_value(SecretId="s", SecretString="second")
    assert secret.get() == "first"
    secret.forget()
    assert secret.get() == "second"
    assert "second" not in repr(secret)


def test_all_effects_go_into_the_queue() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    url = client.create_queue(QueueName="effects")["QueueUrl"]
    effects = [SendMessage(f"e{n}", GUILD, ChannelId("5"), "hi") for n in range(12)]

    EffectsQueue(client, url).send(effects)
    EffectsQueue(client, url).send([])

    found = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [decode_effect(message["Body"]) for message in messages]
    assert sorted(found, key=lambda effect: effect.id) == sorted(
        effects, key=lambda effect: effect.id
    )


def test_an_effect_that_sqs_does_not_take_is_told() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    queue = EffectsQueue(client, "https://sqs.us-east-1.amazonaws.com/123456789012/none")

    with pytest.raises(ClientError):
        queue.send([SendMessage("e", GUILD, ChannelId("5"), "hi")])


def test_a_metric_is_a_line_of_the_log_and_nothing_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meter = EmfMeter("event_worker")
    meter.count("Parked", 0)
    meter.count("Attributed", 3, {"confidence": "exact"})

    [line] = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    [metrics] = fields["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "Usher"
    assert metrics["Dimensions"] == [["service", "confidence"]]
    assert (fields["service"], fields["confidence"]) == ("event_worker", "exact")
    assert fields["Attributed"] == [3.0]


def test_metrics_of_a_batch_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    meter = EmfMeter("effects")
    meter.together({})
    meter.together(figures(Tally()))
    meter.together(figures(Tally(calls=12, refusals=2)))

    [line] = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    [metrics] = fields["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], metrics["Dimensions"]) == ("Usher", [["service"]])
    assert fields["service"] == "effects"
    told = {name: fields[name] for name in ("DiscordCalls", "DiscordRefusals", "DiscordBans")}
    assert told == {"DiscordCalls": [12], "DiscordRefusals": [2], "DiscordBans": [0]}
    assert fields["DiscordClosed"] == [0]


def test_the_door_is_built_from_its_environment() -> None:
    queue = "http://127.0.0.1:1/q"
    queues = {"EFFECTS_QUEUE_URL": queue, "HOOKS_QUEUE_URL": queue}
    there = {"TABLE_NAME": "t", **queues, "AWS_REGION": "us-east-1"}
    build({"DISCORD_TOKEN_SECRET": "s", **there})

    with pytest.raises(SettingsError) as told:
        build(there)
    assert told.value.problems == ("DISCORD_TOKEN_SECRET",)
