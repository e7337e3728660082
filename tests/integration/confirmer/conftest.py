"""The real template with its real functions in the emulator, and Discord's search beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.local import bot_token
from infra.local.aws import Cloud
from infra.local.deploy import deploy, plan
from infra.local.emulator import Emulator
from infra.local.settings import FUNCTIONS, TEMPLATE, TOKEN_SECRET
from tests.fakes.members_search import FakeMembersSearch
from tests.local.stacks import PARAMETERS, Stack

TOKEN = "the token"


@dataclass
class Discord:
    """A stub of the one route, over HTTP."""

    search: FakeMembersSearch = field(default_factory=FakeMembersSearch)
    refusals: list[int] = field(default_factory=list)
    """Statuses answered before it answers truly."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and authorisation of each call."""
    url: str = ""

    def answer(self, path: str, authorization: str | None, body: bytes) -> tuple[int, object]:
        self.asked.append((path, authorization))
        if self.refusals:
            status = self.refusals.pop(0)
            if status == 202:
                return 202, {
                    "message": "Index not yet available.",
                    "code": 110000,
                    "retry_after": 1,
                }
            return status, {"message": "no", "code": 50001}
        return 200, self.search.answer(json.loads(body))


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[Discord]:
    stub = Discord()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = stub.answer(self.path, self.headers.get("Authorization"), body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/api/v10"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stack(discord: Discord) -> Iterator[Stack]:
    """Everything as the template says, each function in its own role."""
    with Emulator(enforce_iam=True) as emulator:
        cloud = Cloud(emulator.endpoint_url)
        parameters = {**PARAMETERS, "DiscordApiBase": discord.url}
        deployment = deploy(cloud, plan(TEMPLATE, FUNCTIONS, parameters))
        bot_token.store(cloud, TOKEN_SECRET, TOKEN)
        yield Stack(emulator, cloud, deployment)


@pytest.fixture
def items(stack: Stack) -> Callable[[str], list[dict[str, str]]]:
    """Return a function that reads rows by the beginning of their sort key."""

    def read(prefix: str) -> list[dict[str, str]]:
        answer = stack.cloud.dynamodb.scan(
            TableName=stack.physical("UsherTable"), ConsistentRead=True
        )
        rows = [
            {name: str(next(iter(value.values()))) for name, value in item.items()}
            for item in answer["Items"]
        ]
        return [row for row in rows if row["sk"].startswith(prefix)]

    return read
