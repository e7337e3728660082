"""Posts to servers that behave as they like: nothing raises, nothing waits for ever."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.builders import START
from usher.hooks.ports import Answered
from usher.platform.hook_http import HookHttp

BODY = b'{"type":"webhook.test"}'


@contextmanager
def server(serve: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server on this machine that takes one connection after the other."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    asked = b""
                    while BODY not in asked and (some := connection.recv(65536)):
                        asked += some
                    serve(connection, asked)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook?x=1"
    listening.close()


def post(url: str, total: float = 5.0, *, anywhere: bool = True) -> Answered:
    return HookHttp(anywhere=anywhere, total=total).post(url, {"webhook-id": "evt_1"}, BODY, START)


def test_a_post_arrives_and_its_answer_is_kept() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket, asked: bytes) -> None:
        seen.append(asked)
        connection.sendall(
            b"HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Length: 6\r\n\r\nno\x00\nway"
        )

    with server(serve) as url:
        answered = post(url)

    assert answered.attempt.status == 429
    assert answered.attempt.body == "no  wa"
    assert answered.headers["retry-after"] == "7"
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"webhook-id: evt_1" in head
    assert body == BODY


def test_redirects_are_not_followed() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket, text: bytes) -> None:
        asked.append(text)
        connection.sendall(
            b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        )

    with server(serve) as url:
        assert post(url).attempt.status == 307
    assert len(asked) == 1


def test_of_an_endless_answer_the_beginning_is_read() -> None:
    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with server(serve) as url:
        answered = post(url)
    assert answered.attempt.status == 200
    assert len(answered.attempt.body) == 500


def drip(connection: socket.socket, text: bytes) -> None:
    closed = threading.Event()
    for number in range(len(text)):
        connection.sendall(text[number : number + 1])
        closed.wait(0.05)


@pytest.mark.parametrize(
    "serve",
    [
        lambda connection, _: drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 4000),
        lambda connection, _: drip(connection, b"HTTP/1.1 200 OK\r\n\r\n" + b"z" * 4000),
        lambda connection, _: connection.recv(1),
    ],
    ids=["headers", "body", "nothing"],
)
def test_who_answers_a_byte_at_a_time_or_never_is_cut_off(serve: Any) -> None:  # noqa: ANN401
    with server(serve) as url:
        answered = post(url, total=0.5)

    assert (answered.attempt.status, answered.attempt.error) == (None, "timeout")
    assert answered.attempt.milliseconds >= 400


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"", "not HTTP"), (b"SSH-2.0-x\r\n", "not HTTP"), (b"HTTP/1.1 abc\r\n\r\n", "not HTTP")],
)
def test_what_is_not_http_is_no_answer(answer: bytes, error: str) -> None:
    with server(lambda connection, _: connection.sendall(answer)) as url:
        attempt = post(url).attempt

    assert attempt.status is None
    assert attempt.error in (error, "connection failed")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    attempt = post(f"http://127.0.0.1:{port}/").attempt

    assert (attempt.status, attempt.error) == (None, "connection refused")


def test_a_server_that_speaks_no_tls_is_no_answer() -> None:
    with server(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as url:
        attempt = post(url.replace("http://", "https://"), total=1.0).attempt

    assert attempt.status is None
    assert attempt.error in ("TLS failed", "timeout", "connection failed")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whom the world outside is asked for: nobody is to be."""
    called: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args: called.append(args))
    return called


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    looked: list[str] = []

    def look(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked.append(host)
        return [(0, 0, 0, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return looked


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("169.254.169.254",), ("::1",), ("::ffff:10.0.0.1",), ("8.8.8.8", "10.0.0.1")],
)
def test_a_name_that_leads_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, calls: list[object], addresses: tuple[str, ...]
) -> None:
    resolving(monkeypatch, *addresses)

    attempt = post("https://sly.example/", anywhere=False).attempt

    assert (attempt.status, attempt.error) == (None, "address not public")
    assert calls == []


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "https://[::1]/"])
def test_what_was_refused_when_it_was_named_is_refused_again(calls: list[object], url: str) -> None:
    assert post(url, anywhere=False).attempt.error == "address refused"
    assert calls == []


def test_the_connection_goes_to_the_address_that_was_checked_and_to_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a name that is looked up once, and would then lead elsewhere
    looked = resolving(monkeypatch, "2606:4700::1111", "1.1.1.1")
    called: list[object] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)

    # When
    post("https://hooks.example/", anywhere=False)

    # Then
    assert looked == ["hooks.example"]
    assert called == [("1.1.1.1", 443)]
