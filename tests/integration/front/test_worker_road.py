"""A deferred export through the real adapters: the queue's message in, Discord's edit out."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast

import pytest

from tests.contract import schema
from tests.fakes.cloud import BUCKET, make_bucket
from tests.integration.front.conftest import TABLE, Cloud, sdk
from tests.integration.front.stub import Stub, Told, serving
from tests.unit.command_worker.test_door import export, record
from tests.unit.slash.payloads import APPLICATION, GUILD, MEMBER, OTHER, TOKEN, option
from usher.attribution.outcomes import Confidence, Kind, Method
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.store import LedgerStore
from usher.platform.s3 import Bucket, s3_client

JOINED = datetime(2026, 11, 20, 12, tzinfo=UTC)

type Work = Callable[[str], Mapping[str, Any]]


@pytest.fixture
def discord() -> Iterator[Stub]:
    with serving(Told(404, {"code": 10015}), Told()) as stub:
        yield stub


@pytest.fixture
def work(cloud: Cloud, discord: Stub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Import the door as Lambda does, over an empty ledger."""
    del cloud
    make_bucket(sdk("s3"))
    environ = {
        "TABLE_NAME": TABLE,
        "LEDGER_BUCKET": BUCKET,
        "EVENTS_QUEUE_URL": "http://127.0.0.1:9/events.fifo",
        "EFFECTS_QUEUE_URL": "http://127.0.0.1:9/effects",
        "CONFIRMATIONS_QUEUE_URL": "http://127.0.0.1:1/c",
        "HOOKS_QUEUE_URL": "http://127.0.0.1:1/h",
        "DISCORD_API_BASE": f"{discord.url}/api/v10",
        "DISCORD_APPLICATION_ID": APPLICATION,
        "DISCORD_TOKEN_SECRET": "usher/discord-token",
        "PUBLIC_URL": "https://usher.example",
        "POWERTOOLS_SERVICE_NAME": "command_worker",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "command_worker.app", raising=False)
    app = importlib.import_module("command_worker.app")

    def receive(body: str) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = app.handler({"Records": [fresh(body)]}, None)
        return answer

    yield receive
    app._DOOR.services.credit.table.client.inner.close()
    app._DOOR.services.exports.source.pool.shutdown()
    monkeypatch.delitem(sys.modules, "command_worker.app")


def fresh(body: str) -> dict[str, object]:
    return record(body, sent=datetime.now(UTC))


def write_join() -> None:
    guild, user = GuildId(GUILD), UserId(MEMBER)
    word = Word(
        OutcomeName.ATTRIBUTED,
        Kind.INVITE,
        InviteCode("abc"),
        UserId(OTHER),
        Confidence.EXACT,
        Method.USE_COUNT,
    )
    line = Line(LineType.JOIN, join_id(guild, user, JOINED), JOINED, guild, user, JOINED, word)
    LedgerStore(Bucket(s3_client("us-east-1"), BUCKET), lambda: JOINED).append(line)


def test_an_export_is_attached_to_the_reply_once_discord_knows_the_deferral(
    work: Work, discord: Stub
) -> None:
    write_join()

    assert work(export(option("to", "2026-11-20"))) == {"batchItemFailures": []}

    _, asked = discord.asked
    assert asked.path == f"/api/v10/webhooks/{APPLICATION}/{TOKEN}/messages/@original"
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    payload, file = BytesParser(policy=HTTP).parsebytes(head + asked.body).iter_parts()
    message = json.loads(cast("bytes", payload.get_payload(decode=True)))
    name = file.get_param("name", header="content-disposition")
    assert schema.webhook_edit(message, (str(name),)) == []
    assert message["content"] == "1 line of the join log."
    csv = cast("bytes", file.get_payload(decode=True)).decode("utf-8-sig").splitlines()
    assert csv[0].startswith("Timestamp,User ID,Username,")
    assert MEMBER in csv[1]


def test_an_empty_ledger_is_told(work: Work, discord: Stub) -> None:
    work(export(option("from", "2026-11-21")))

    asked = discord.asked[-1]
    body = json.loads(asked.body)
    assert schema.webhook_edit(body) == []
    assert body["content"] == "The log has no lines that fit."


def test_a_ledger_that_is_gone_is_told(work: Work, discord: Stub) -> None:
    sdk("s3").delete_bucket(Bucket=BUCKET)

    assert work(export()) == {"batchItemFailures": []}

    assert "try again" in json.loads(discord.asked[-1].body)["content"]
