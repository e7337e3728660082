"""The signed client keeps its connection, tries again where that helps, and ends in time."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from tests.integration.front.stub import Told, pauses, serving
from usher.platform.settings import SettingsError
from usher.platform.signed_http import DYNAMODB, SQS, AwsError, SignedClient

ENVIRON = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
}
THROTTLED = Told(400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"})


_OPEN: list[SignedClient] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def client(
    url: str,
    environ: dict[str, str] | None = None,
    *,
    sleep: Callable[[float], None] = lambda _: None,
    clock: Callable[[], float] = time.time,
) -> SignedClient:
    """A client of the stub that does not sleep; closed after the test."""
    found = ENVIRON if environ is None else environ
    found = found if "AWS_ENDPOINT_URL" in found else {**found, "AWS_ENDPOINT_URL": url}
    _OPEN.append(SignedClient(DYNAMODB, found, sleep=sleep, clock=clock))
    return _OPEN[-1]


def test_building_a_client_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)

    SignedClient(DYNAMODB, ENVIRON)
    SignedClient(SQS, ENVIRON | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})


def test_calls_share_one_connection_and_carry_the_operation() -> None:
    with serving(Told(body={"a": 1})) as stub:
        reads = client(f"{stub.url}/aws/")

        assert [reads.call("GetItem", {"x": "é"}) for _ in range(3)] == [{"a": 1}] * 3

    assert len({asked.connection for asked in stub.asked}) == 1
    [first, *_] = stub.asked
    assert first.path == "/aws/"
    assert first.headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
    assert first.headers["Host"] == stub.url.removeprefix("http://")
    assert first.body == b'{"x":"\\u00e9"}'


def test_credentials_and_session_token_are_read_at_each_call() -> None:
    environ = dict(ENVIRON)
    with serving(Told()) as stub:
        environ["AWS_ENDPOINT_URL"] = stub.url
        reads = client(stub.url, environ)
        reads.call("GetItem", {})
        environ |= {"AWS_ACCESS_KEY_ID": "ROTATED", "AWS_SESSION_TOKEN": "session"}
        reads.call("GetItem", {})

    before, after = stub.asked
    assert "Credential=AKID/" in before.headers["Authorization"]
    assert "Credential=ROTATED/" in after.headers["Authorization"]
    assert after.headers["X-Amz-Security-Token"] == "session"
    assert "x-amz-security-token" in after.headers["Authorization"]


@pytest.mark.parametrize("failure", [THROTTLED, Told(500), Told(503, b"busy"), Told(drop=True)])
def test_a_passing_failure_is_tried_again(failure: Told) -> None:
    with serving(failure, failure, Told(body={"ok": True})) as stub:
        assert client(stub.url).call("GetItem", {}) == {"ok": True}

    assert len(stub.asked) == 3


def test_a_kept_connection_that_was_closed_is_opened_anew_without_waiting() -> None:
    slept, sleep = pauses()
    with serving(Told(close=True)) as stub:
        reads = client(stub.url, sleep=sleep)
        reads.call("GetItem", {})
        reads.call("GetItem", {})

    assert len({asked.connection for asked in stub.asked}) == 2
    assert slept == []


def test_a_connection_unused_for_long_is_not_trusted() -> None:
    now = [1000.0]
    with serving(Told()) as stub:
        reads = client(stub.url, clock=lambda: now[0])
        reads.call("GetItem", {})
        now[0] += 21
        reads.call("GetItem", {})

    assert len({asked.connection for asked in stub.asked}) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            Told(400, {"__type": "com.amazon.coral.service#AccessDeniedException"}),
            "AccessDeniedException",
        ),
        (Told(400, {"__type": "ResourceNotFoundException"}), "ResourceNotFoundException"),
        (Told(403, b"<html>"), "NotJson"),
        (Told(404, []), "Unnamed"),
    ],
)
def test_a_refusal_is_raised_at_once_with_its_name(answer: Told, code: str) -> None:
    with serving(answer) as stub, pytest.raises(AwsError) as caught:
        client(stub.url).call("Query", {})

    assert (caught.value.operation, caught.value.code) == ("Query", code)
    assert len(stub.asked) == 1


def test_lasting_throttling_ends_after_four_attempts() -> None:
    with serving(THROTTLED) as stub, pytest.raises(AwsError) as caught:
        client(stub.url).call("Query", {})

    assert caught.value.code == "ThrottlingException"
    assert len(stub.asked) == 4


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff"])
def test_an_answer_that_is_no_object_is_an_error(body: bytes) -> None:
    with serving(Told(200, body)) as stub, pytest.raises(AwsError):
        client(stub.url).call("Query", {})


@pytest.fixture
def silence() -> Iterator[str]:
    """A port that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_silence_ends_well_within_discord_s_three_seconds(silence: str) -> None:
    started = time.monotonic()
    with pytest.raises(AwsError) as caught:
        client(silence).call("GetItem", {})

    assert time.monotonic() - started < 2.5
    assert caught.value.status == 0


def test_a_port_that_nobody_listens_on_is_an_error() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"

    with pytest.raises(AwsError) as caught:
        client(url).call("GetItem", {})
    assert caught.value.code == "ConnectionRefusedError"


def test_a_missing_region_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        SignedClient(DYNAMODB, {})

    assert caught.value.problems == ("AWS_REGION",)
