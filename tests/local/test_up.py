"""`usher up` as a person meets it: what it prints, how it stops, what it leaves."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.local.host import ROOT, free_port
from tests.local.stacks import wait_for

_READY_SECONDS = 20
_USHER = ("-m", "infra.cli.main")
_ASKED_AT_THE_VERY_END = """
import os, signal, sys
from infra.cli.main import main
code = main()
os.kill(os.getpid(), signal.SIGINT)
sys.exit(code)
"""


@dataclass
class Up:
    """One running `usher up`."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Ready"):
                return
        raise AssertionError(f"it ended: {self.lines}")

    def shown(self, name: str) -> str:
        (line,) = [line for line in self.lines if line.startswith(name)]
        return line.removeprefix(name).strip()

    def end(self, *signals: int) -> tuple[int, float]:
        """Send the signals; return the exit code and how long it took."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.1)  # two at once would be taken for one
        self.process.communicate(timeout=25)
        return self.process.returncode, time.monotonic() - began


@dataclass
class Person:
    """Someone at a terminal, in a folder of their own."""

    folder: Path
    functions: Path
    started: list[Up] = field(default_factory=list)

    def up(self, *arguments: str, program: Sequence[str] = _USHER, **variables: str) -> Up:
        command = [sys.executable, *program, "up", "--functions", str(self.functions)]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DISCORD_", "AWS_"))}
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *arguments],
            cwd=self.folder,
            env={**clean, "PYTHONPATH": f"{ROOT}/functions:{ROOT}", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(Up(process))
        return self.started[-1]

    def ready(self, *arguments: str, program: Sequence[str] = _USHER) -> Up:
        up = self.up(
            *("--discord", "none", *arguments), program=program, DISCORD_PUBLIC_KEY="ab" * 32
        )
        up.wait_until_ready()
        return up


@pytest.fixture
def person(tmp_path: Path, probe_functions: Path) -> Iterator[Person]:
    someone = Person(tmp_path, probe_functions)
    yield someone
    for up in someone.started:
        if up.process.poll() is None:
            up.process.kill()
        up.process.communicate()


def _children(folder: Path) -> list[str]:
    """Return every process that works in this folder or below: emulator, its workers, listener."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder.resolve() / ".usher"):
                found.append(process.name)
    return found


def _post(url: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - our own address
        url, data=b"{}", headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return int(answer.status)


def test_it_says_where_everything_is_serves_it_and_stops_cleanly(person: Person) -> None:
    port = free_port()
    began = time.monotonic()
    up = person.ready("--port", str(port))
    assert time.monotonic() - began < _READY_SECONDS

    assert up.shown("Interactions endpoint") == f"http://127.0.0.1:{port}/interactions"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", up.shown("Embedded cloud"))
    assert up.shown("State folder") == str((person.folder / ".usher").resolve())
    assert _post(up.shown("Interactions endpoint")) == 200
    assert len(_children(person.folder)) >= 2

    code, seconds = up.end(signal.SIGINT)

    assert (code, _children(person.folder)) == (0, [])
    assert seconds < 20


def test_state_survives_and_reset_forgets(person: Person) -> None:
    first = person.ready("--port", "0")
    first.end(signal.SIGTERM)
    second = person.ready("--port", "0")
    second.end(signal.SIGTERM)
    third = person.ready("--port", "0", "--reset")
    third.end(signal.SIGTERM)

    for name in ("Embedded cloud", "Ledger bucket"):
        assert first.shown(name) == second.shown(name)
    assert third.shown("Ledger bucket") != first.shown("Ledger bucket")


def test_killed_itself_it_leaves_nothing_running(person: Person) -> None:
    up = person.ready("--port", "0")
    _post(up.shown("Interactions endpoint"))
    assert _children(person.folder)

    up.end(signal.SIGKILL)

    wait_for(lambda: not _children(person.folder))


def test_asked_twice_it_goes_at_once(person: Person) -> None:
    up = person.ready("--port", "0")

    code, seconds = up.end(signal.SIGINT, signal.SIGINT)

    assert code in {0, 130}  # it may have finished between the two
    assert seconds < 5
    wait_for(lambda: not _children(person.folder))


def test_asked_again_when_all_is_stopped_it_ends_as_it_would_have(person: Person) -> None:
    up = person.ready("--port", "0", program=("-c", _ASKED_AT_THE_VERY_END))

    code, _ = up.end(signal.SIGINT)

    assert code == 0


def test_stopped_while_it_starts_it_stops_cleanly(person: Person) -> None:
    up = person.up("--port", "0", "--discord", "none", DISCORD_PUBLIC_KEY="ab" * 32)
    assert up.process.stdout is not None
    assert up.process.stdout.readline().startswith("Starting")

    code, seconds = up.end(signal.SIGINT)

    assert (code, _children(person.folder)) == (0, [])
    assert seconds < 20


def test_a_second_one_on_the_same_state_or_port_is_told_why_not(person: Person) -> None:
    port = str(free_port())
    first = person.ready("--port", port)

    same_state = person.up("--discord", "none", "--port", "0", DISCORD_PUBLIC_KEY="ab" * 32)
    same_port = person.up(
        "--discord", "none", "--port", port, "--state", "other", DISCORD_PUBLIC_KEY="ab" * 32
    )
    said = [each.process.communicate(timeout=20)[0] for each in (same_state, same_port)]

    assert [each.process.returncode for each in (same_state, same_port)] == [1, 1]
    assert re.fullmatch(r"Another `usher up` is using .*\n", said[0])
    assert said[1] == f"Port {port} is in use by another program; choose one with --port.\n"
    first.end(signal.SIGINT)


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["--discord", "none"], {}, "needs DISCORD_PUBLIC_KEY"),
        (["--discord", "none"], {"DISCORD_PUBLIC_KEY": "short"}, "64 hexadecimal characters"),
        (["--discord", "nowhere"], {}, "practice, none or an API base"),
        (["--discord", "http://127.0.0.1:9/api/v10"], {"DISCORD_PUBLIC_KEY": "ab" * 32}, "TOKEN"),
    ],
)
def test_wrong_settings_are_said_before_anything_starts(
    person: Person, arguments: list[str], variables: dict[str, str], message: str
) -> None:
    up = person.up(*arguments, **variables)

    said, _ = up.process.communicate(timeout=20)

    assert up.process.returncode == 2
    assert message in said
    assert said.count("\n") == 1
    assert not (person.folder / ".usher").exists()


def test_a_foreign_folder_is_not_reset(person: Person) -> None:
    (person.folder / "photos").mkdir()
    (person.folder / "photos" / "one.jpg").write_text("x")

    up = person.up(
        "--discord", "none", "--state", "photos", "--reset", DISCORD_PUBLIC_KEY="ab" * 32
    )
    said, _ = up.process.communicate(timeout=20)

    assert up.process.returncode == 1
    assert "not Usher's" in said
    assert (person.folder / "photos" / "one.jpg").exists()


def test_started_again_at_once_after_a_kill_it_finds_everything(person: Person) -> None:
    first = person.ready("--port", "0")
    first.end(signal.SIGKILL)

    second = person.ready("--port", "0")

    for name in ("Embedded cloud", "Ledger bucket"):
        assert first.shown(name) == second.shown(name)
    assert _post(second.shown("Interactions endpoint")) == 200
    assert second.end(signal.SIGINT)[0] == 0
