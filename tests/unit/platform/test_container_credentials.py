"""A container's credentials are asked for once, renewed in time, and survive a silent address."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from usher.platform.container_credentials import (
    ContainerCredentials,
    CredentialsError,
    credentials_of,
)
from usher.platform.sigv4 import Credentials

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Address:
    """What the container is given, and what it is asked."""

    def __init__(self) -> None:
        self.now = NOON
        self.asked: list[str] = []
        self.status = 200
        self.url = ""
        self.tokens: list[str | None] = []

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
            address.tokens.append(self.headers["Authorization"])
            self.send_response(address.status)
            self.end_headers()
            self.wfile.write(address.answer())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        address.url = f"http://127.0.0.1:{server.server_port}"
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
    take = ContainerCredentials(f"{address.url}/v2/credentials/1", clock=address.clock)
    assert take() == Credentials("AK1", "secret", "token")
    address.now += timedelta(minutes=49)
    assert take().access_key == "AK1"
    address.now += timedelta(minutes=2)
    assert take().access_key == "AK2"
    assert address.asked == ["/v2/credentials/1"] * 2


def test_while_the_address_fails_the_old_ones_serve_until_they_expire(address: Address) -> None:
    take = ContainerCredentials(f"{address.url}/v2/credentials/1", clock=address.clock)
    take()
    address.status = 500
    address.now += timedelta(minutes=55)
    assert take().access_key == "AK1"
    address.now += timedelta(minutes=6)
    with pytest.raises(CredentialsError):
        take()


def test_variables_go_before_the_containers_role() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
    path = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"}
    assert credentials_of(keys | path)() == Credentials("AKID", "secret")
    assert isinstance(credentials_of(path), ContainerCredentials)


def test_a_restored_function_asks_its_own_address_with_its_token(address: Address) -> None:
    given = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address.url}/2021-04-23/credentials?v=1",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer it",
    }
    address.now = datetime.now(UTC)
    assert credentials_of(given)() == Credentials("AK1", "secret", "token")
    assert (address.asked, address.tokens) == (["/2021-04-23/credentials?v=1"], ["Bearer it"])


@pytest.mark.parametrize("url", ["http://example.com/keys", "ftp://127.0.0.1/keys", "keys"])
def test_an_address_outside_is_never_asked(url: str) -> None:
    with pytest.raises(CredentialsError):
        credentials_of({"AWS_CONTAINER_CREDENTIALS_FULL_URI": url})
