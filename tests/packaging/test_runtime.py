"""Each artefact answers its kind of event under AWS's runtime client, nothing else on the path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import boto3
import pytest

from infra.local.emulator import Emulator
from tests.bench.asking import PUBLIC_KEY, command, event, ping
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_queue, make_table
from tests.packaging.conftest import Artefacts
from tests.packaging.templates import FUNCTIONS, READ_AT_ONCE, ROOMS, Json
from tests.runtime_api import SNAPSHOT, Runtime

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

TOKEN_SECRET: Final = "usher/token"
EMPTY_BATCH: Final[Json] = {"Records": []}
TICK: Final = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-11-29T10:00:00Z",
    "region": REGION,
    "resources": ["arn:aws:events:us-east-1:000000000000:rule/tick"],
    "detail": {},
}


def page() -> Json:
    """A visitor's request for a link that there is not."""
    sent = event({})
    request = {
        **sent["requestContext"],
        "http": {**sent["requestContext"]["http"], "method": "GET"},
    }
    request["http"]["path"] = "/r/nobodys"
    return {
        **sent,
        "routeKey": "GET /r/{code}",
        "rawPath": "/r/nobodys",
        "pathParameters": {"code": "nobodys"},
        "requestContext": request,
        "body": None,
    }


BY_SOURCE: Final[dict[str, Callable[[], Json]]] = {
    "SQS": lambda: EMPTY_BATCH,
    "SNS": lambda: EMPTY_BATCH,
    "Schedule": lambda: TICK,
    "ScheduleV2": lambda: TICK,
    "HttpApi": page,
}


def minimal(function: str) -> Json:
    """The least event of the kind that the template has it called with."""
    if function == "InteractionsFunction":
        return ping()
    return BY_SOURCE[next(iter(FUNCTIONS[function]["Events"].values()))["Type"]]()


@pytest.fixture(scope="module")
def cloud() -> Iterator[dict[str, str]]:
    """An empty table, bucket and queue, as the variables of functions name them."""
    with Emulator() as emulator, _discord() as discord:
        session, url = boto3.Session("test", "test", region_name=REGION), emulator.endpoint_url
        make_table(session.client("dynamodb", endpoint_url=url))
        make_bucket(session.client("s3", endpoint_url=url))
        queue = make_queue(session.client("sqs", endpoint_url=url))
        secrets = session.client("secretsmanager", endpoint_url=url)
        secrets.create_secret(Name=TOKEN_SECRET, SecretString="the token")
        names = {name for one in FUNCTIONS.values() for name in one["Environment"]["Variables"]}
        yield {
            **dict.fromkeys(names, "https://example.invalid/value"),
            **{name: queue for name in names if name.endswith("QUEUE_URL")},
            **READ_AT_ONCE,
            "AWS_ENDPOINT_URL": url,
            "TABLE_NAME": TABLE,
            "DISCORD_API_BASE": discord,
            "DISCORD_TOKEN_SECRET": TOKEN_SECRET,
            "LEDGER_BUCKET": BUCKET,
            "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
            "LOG_LEVEL": "INFO",
        }


@contextmanager
def _discord() -> Iterator[str]:
    """A Discord that is asked for the bot and for nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"id": "1"}')

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with _served(Handler) as url:
        yield f"{url}/api/v10"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The runtime client, compiled."""
    return Runtime(tmp_path_factory.mktemp("client"))


@pytest.mark.parametrize("function", ROOMS)
def test_an_artefact_answers_under_the_runtime_client(
    artefacts: Artefacts, runtime: Runtime, cloud: dict[str, str], function: str
) -> None:
    declared = FUNCTIONS[function]
    own = {name: cloud[name] for name in declared["Environment"]["Variables"]}
    shared = {name: cloud[name] for name in ("AWS_ENDPOINT_URL", "LOG_LEVEL")}

    with runtime.running(
        Path(artefacts[function]), declared["Handler"], {**own, **shared}
    ) as running:
        answer: Any = running.invoke(minimal(function)).value()

    if "statusCode" in (answer or {}):
        assert answer["statusCode"] == (200 if function == "InteractionsFunction" else 404)
    elif minimal(function) is EMPTY_BATCH:
        assert answer == {"batchItemFailures": []}


def test_restored_from_a_snapshot_it_asks_for_its_keys_and_not_before(
    artefacts: Artefacts, runtime: Runtime, cloud: dict[str, str]
) -> None:
    declared = FUNCTIONS["InteractionsFunction"]
    own = {name: cloud[name] for name in declared["Environment"]["Variables"]}
    shared = {name: cloud[name] for name in ("AWS_ENDPOINT_URL", "LOG_LEVEL")}
    asked: list[str | None] = []

    with (
        _keys(asked) as given,
        runtime.running(
            Path(artefacts["InteractionsFunction"]),
            declared["Handler"],
            {**own, **shared, **SNAPSHOT, **given},
        ) as running,
    ):
        running.restore()
        assert asked == []
        answers = [running.invoke(command()).value() for _ in range(2)]

    for answer in answers:
        assert answer["statusCode"] == 200
        assert "has no invites yet" in answer["body"]
    assert asked == ["the token"]


@contextmanager
def _keys(asked: list[str | None]) -> Iterator[dict[str, str]]:
    """The address of a container's credentials."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Authorization"])
            keys = dict.fromkeys(("AccessKeyId", "SecretAccessKey", "Token"), "test")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({**keys, "Expiration": "2999-01-01T00:00:00Z"}).encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with _served(Handler) as url:
        yield {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/2021-04-23/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the token",
        }


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
