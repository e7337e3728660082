"""What the listener writes down: JSON lines without the token, raw payloads for replays."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from gateway_listener import logs
from gateway_listener.record import FileRecorder
from usher.ids import GuildId


@pytest.fixture
def root_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("discord", "botocore", "urllib3")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.mark.usefixtures("root_restored")
def test_a_line_is_json_with_its_extras_and_never_the_token() -> None:
    stream = io.StringIO()
    logs.set_up("DEBUG", stream).hide("s3cret.token")
    log = logging.getLogger("gateway_listener.test")
    log.warning("It said %s.", "s3cret.token", extra={"guild_id": "100"})
    log.error("It failed.", exc_info=RuntimeError("s3cret.token"))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines[0]["message"] == "It said [hidden]."
    assert (lines[0]["level"], lines[0]["guild_id"]) == ("WARNING", "100")
    assert "RuntimeError" in lines[1]["exception"]
    assert "s3cret" not in stream.getvalue()


@pytest.mark.usefixtures("root_restored")
def test_debug_lines_of_libraries_which_hold_payloads_stay_off() -> None:
    stream = io.StringIO()
    logs.set_up("DEBUG", stream)
    for name in ("discord.gateway", "botocore.parsers", "urllib3.connectionpool"):
        logging.getLogger(name).debug("a payload")
    assert stream.getvalue() == ""


def test_records_are_lines_of_the_replay_format(tmp_path: Path, noon: datetime) -> None:
    path = tmp_path / "raw.jsonl"
    recorder = FileRecorder(path)
    recorder.write(noon, "GAP", GuildId("100"), None)
    recorder.write(noon, "INVITES", GuildId("100"), {"error": 403})
    # Line-buffered: they are there before the file is closed.
    assert path.read_text().splitlines() == [
        '{"at":"2026-11-20T12:00:00.000Z","type":"GAP","guild_id":"100","data":null}',
        '{"at":"2026-11-20T12:00:00.000Z","type":"INVITES","guild_id":"100","data":{"error":403}}',
    ]
    recorder.close()
