"""The thinnest road: a signed request through the real adapters to the table and the queue."""

import importlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.contract import schema
from tests.integration.front.conftest import TABLE, Cloud, sdk
from tests.integration.front.worlds import TableWorld
from tests.unit.interactions.doors import PUBLIC_KEY, event
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, TOKEN, ping, slash
from usher.contracts.deferred import DeferredCommand
from usher.credit.queries import Period, Tally
from usher.ids import GuildId

type Send = Callable[[object], tuple[int, Any]]


@pytest.fixture
def queue(cloud: Cloud) -> Iterator[Any]:
    sqs = sdk("sqs")
    yield sqs, sqs.create_queue(QueueName="commands")["QueueUrl"]
    sqs.close()


@pytest.fixture
def send(cloud: Cloud, queue: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:  # noqa: ANN401 - an SDK client
    """Import the door as Lambda does, and send it signed interactions."""
    environ = {
        "TABLE_NAME": TABLE,
        "COMMANDS_QUEUE_URL": queue[1],
        "EFFECTS_QUEUE_URL": queue[1],
        "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
        "DISCORD_APPLICATION_ID": "42",
        "AWS_ENDPOINT_URL": str(cloud.url),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_SERVICE_NAME": "interactions",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "interactions.app", raising=False)
    app = importlib.import_module("interactions.app")

    def sign_and_send(interaction: object) -> tuple[int, Any]:
        body = json.dumps(interaction).encode()
        answer: Mapping[str, Any] = app.handler(event(body, timestamp=str(int(time.time()))), None)
        return answer["statusCode"], json.loads(answer["body"])

    yield sign_and_send
    door = app._DOOR
    door.services.credit.table.client.inner.close()
    door.deferrals.client.close()
    monkeypatch.delitem(sys.modules, "interactions.app")


def test_a_signed_ping_is_answered(send: Send) -> None:
    assert send(ping()) == (200, {"type": 1})


def test_a_signed_invite_view_shows_what_the_table_holds(send: Send, cloud: Cloud) -> None:
    world = TableWorld(cloud)
    world.tally(GuildId(GUILD), Period.ALL, MEMBER, Tally(12, 1, 2, 3))

    status, body = send(slash("invite view"))

    assert status == 200
    assert schema.interaction_response(body) == []
    assert body["data"]["embeds"][0]["description"] == f"<@{MEMBER}> has **8 invites**."


def test_every_other_command_reads_an_empty_table(send: Send) -> None:
    for path in ("invite inviter", "invite codes", "invite leaderboard", "invite view"):
        status, body = send(slash(path))

        assert (status, body["type"]) == (200, 4)
        assert "flags" not in body["data"], body


def test_a_deferred_command_is_in_the_queue_when_the_deferral_is_answered(
    send: Send,
    queue: Any,  # noqa: ANN401 - an SDK client
) -> None:
    sent = slash("export_invite_logs", permissions=MANAGE_GUILD)

    assert send(sent) == (200, {"type": 5, "data": {"flags": 64}})

    sqs, url = queue
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert DeferredCommand.decode(message["Body"]) == DeferredCommand(sent)


def test_a_table_that_is_gone_is_told_and_logged(
    send: Send, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    dynamodb = sdk("dynamodb")
    dynamodb.delete_table(TableName=TABLE)
    dynamodb.close()

    status, body = send(slash("invite view"))

    assert status == 200
    assert body["data"]["flags"] == 64
    assert "try again" in body["data"]["content"]
    [record] = [record for record in caplog.records if record.name == "interactions"]
    [handler] = logging.getLogger("interactions").handlers
    line = json.loads(handler.format(record))
    assert line["level"] == "ERROR"
    assert line["service"] == "interactions"
    assert line["command"] == "invite view"
    assert line["error"] == "AwsError"
    assert line["guild_id"] == GUILD
    assert "ResourceNotFoundException" in line["exception"]
    assert TOKEN not in json.dumps(line)
