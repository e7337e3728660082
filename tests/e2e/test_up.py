"""`usher up` as a person runs it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nacl.signing
import pytest

from infra.local.host import ROOT, free_port

pytestmark = pytest.mark.timeout(180)


@contextmanager
def up(state: Path, *flags: str, **environment: str) -> Iterator[str]:
    """Run `usher up` until the block ends, then expect a clean stop; give its address."""
    port = free_port()
    command = [sys.executable, "-m", "infra.cli.main", "up", "--port", str(port)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DISCORD_", "AWS_"))}
    process = subprocess.Popen(  # noqa: S603
        [*command, "--state", str(state), *flags],
        cwd=ROOT, env=clean | environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready"):
                break
        else:
            pytest.fail("".join(said))
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()


def call(url: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310
        url, data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return dict(json.load(answer))


def wait_for_line(url: str, user_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for line in call(f"{url}/practice/ledger")["lines"]:
            if line["user_id"] == user_id:
                return dict(line)
        time.sleep(0.1)
    raise AssertionError("the join did not reach the ledger")


class Key:
    """An application's key pair and the way Discord signs with it."""

    def __init__(self) -> None:
        self._key = nacl.signing.SigningKey.generate()
        self.public = self._key.verify_key.encode().hex()

    def post(
        self, url: str, body: bytes, *, stamp: str | None = None, spoil: str = ""
    ) -> tuple[int, Any]:
        when = str(int(time.time())) if stamp is None else stamp
        signature = self._key.sign(when.encode() + body).signature.hex()
        if spoil == "signature":
            signature = "00" + signature[2:]
        if spoil == "body":
            body += b" "
        headers = {
            "X-Signature-Ed25519": signature,
            "X-Signature-Timestamp": when,
            "Content-Type": "application/json",
        }
        if spoil == "missing":
            del headers["X-Signature-Ed25519"]
        request = urllib.request.Request(f"{url}/interactions", body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def test_interactions_alone_with_a_key_of_ones_own(tmp_path: Path) -> None:
    key = Key()
    view = {
        "id": "1100000000000000001", "application_id": "1100000000000000000", "type": 2,
        "token": "token", "version": 1, "guild_id": "1100000000000000009",
        "channel_id": "1100000000000000010", "locale": "en-US",
        "member": {
            "user": {"id": "1100000000000000011", "username": "ann"},
            "permissions": "0", "roles": [],
        },
        "data": {
            "id": "1100000000000000012", "name": "invite", "type": 1,
            "options": [{"name": "view", "type": 1, "options": []}],
        },
    }  # fmt: skip
    with up(tmp_path, "--discord", "none", DISCORD_PUBLIC_KEY=key.public) as url:
        assert key.post(url, b'{"type":1}') == (200, {"type": 1})
        for spoil in ("signature", "body", "missing"):
            assert key.post(url, b'{"type":1}', spoil=spoil)[0] == 401
        assert key.post(url, b'{"type":1}', stamp=str(int(time.time()) - 600))[0] == 401

        status, answer = key.post(url, json.dumps(view).encode())
        assert (status, answer["type"]) == (200, 4)
        for broken in (b"", b"{", b"[]", b'{"type":99}', b'{"type":2}', b"\xff\xfe", b'"x"'):
            assert key.post(url, broken)[0] < 500


def test_stopping_and_starting_keeps_everything(tmp_path: Path) -> None:
    with up(tmp_path) as url:
        world = call(f"{url}/practice/api/state")
        code = world["invites"][0]["code"]
        joined = call(f"{url}/practice/api/join", {"code": code, "user": "kept"})
        user_id = joined["user_id"]
        before = wait_for_line(url, user_id)

    with up(tmp_path) as url:
        assert wait_for_line(url, user_id) == before
        again = call(f"{url}/practice/api/join", {"code": code, "user": "after"})
        line = wait_for_line(url, again["user_id"])

    # For ten minutes after an absence counts prove less; Discord's record decides a little later.
    assert line["candidates"] == [before["invite_code"]]
