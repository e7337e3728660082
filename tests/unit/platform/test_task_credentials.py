"""A task's credentials are asked for once, renewed in time, and survive a silent address."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from usher.platform.sigv4 import Credentials
from usher.platform.task_credentials import CredentialsError, TaskCredentials, credentials_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Address:
    """What the container is given, and what it is asked."""

    def __init__(self) -> None:
        self.now = NOON
        self.asked: list[str] = []
        self.status = 200
        self.host = ""

    def clock(self) -> datetime:
        return self.now

    def answer(self) -> bytes:
        fields = {
            "AccessKeyId": f"AK{len(self.asked)}",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": (self.now + HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "RoleArn": "arn",
        }
        return json.dumps(fields).encode()


@contextmanager
def serving(address: Address) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address.asked.append(self.path)
            self.send_response(address.status)
            self.end_headers()
            self.wfile.write(address.answer())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        address.host = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.fixture
def address() -> Iterator[Address]:
    made = Address()
    with serving(made):
        yield made


def test_they_are_kept_until_shortly_before_they_expire(address: Address) -> None:
    take = TaskCredentials("/v2/credentials/1", address.host, address.clock)
    assert take() == Credentials("AK1", "secret", "token")
    address.now += timedelta(minutes=49)
    assert take().access_key == "AK1"
    address.now += timedelta(minutes=2)
    assert take().access_key == "AK2"
    assert address.asked == ["/v2/credentials/1"] * 2


def test_while_the_address_fails_the_old_ones_serve_until_they_expire(address: Address) -> None:
    take = TaskCredentials("/v2/credentials/1", address.host, address.clock)
    take()
    address.status = 500
    address.now += timedelta(minutes=55)
    assert take().access_key == "AK1"
    address.now += timedelta(minutes=6)
    with pytest.raises(CredentialsError):
        take()


def test_variables_go_before_the_tasks_role() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
    path = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"}
    assert credentials_of(keys | path)() == Credentials("AKID", "secret")
    assert isinstance(credentials_of(path), TaskCredentials)
