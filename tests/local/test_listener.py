"""The listener's keeper, with a listener that only writes down what happens to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.host import ROOT
from infra.local.listener import ListenerProcess

_LISTENER = """
import os, signal, sys, time
diary = os.environ["DIARY"]
def write(word):
    with open(diary, "a") as file:
        file.write(f"{word} {os.getpid()}\\n")
def flush(*_):
    write("flushed")
    sys.exit(0)
signal.signal(signal.SIGTERM, flush)
write("began")
while True:
    time.sleep(0.02)
"""


class Diary:
    """What the listener wrote."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def words(self) -> list[str]:
        return [line.split()[0] for line in self._lines()]

    def last_pid(self) -> int:
        return int(self._lines()[-1].split()[1])

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds(self.words()):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.02)

    def _lines(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


@pytest.fixture
def settings(tmp_path: Path, diary: Diary) -> dict[str, str]:
    package = tmp_path / "packages" / "gateway_listener"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(_LISTENER)
    path = os.pathsep.join((str(package.parent), str(ROOT)))
    return {"PYTHONPATH": path, "DIARY": str(diary.file)}


@pytest.mark.asyncio
async def test_it_is_asked_to_stop_and_waited_for(
    tmp_path: Path, diary: Diary, settings: dict[str, str]
) -> None:
    listener = ListenerProcess(settings, tmp_path, lambda _line: None)
    await listener.start()
    await diary.until(lambda words: words == ["began"])

    await listener.stop()

    assert diary.words() == ["began", "flushed"]
    assert listener.pid is None


@pytest.mark.asyncio
async def test_it_is_started_again_when_it_dies(
    tmp_path: Path, diary: Diary, settings: dict[str, str]
) -> None:
    said: list[str] = []
    listener = ListenerProcess(settings, tmp_path, said.append)
    await listener.start()
    await diary.until(lambda words: words == ["began"])

    os.kill(diary.last_pid(), signal.SIGKILL)

    await diary.until(lambda words: words == ["began", "began"])
    assert "ended with code -9" in said[0]
    await listener.stop()


@pytest.mark.asyncio
async def test_once_killed_it_stays_down_until_started(
    tmp_path: Path, diary: Diary, settings: dict[str, str]
) -> None:
    listener = ListenerProcess(settings, tmp_path, lambda _line: None)
    await listener.start()
    await diary.until(lambda words: words == ["began"])

    await listener.kill()
    assert (listener.pid, diary.words()) == (None, ["began"])

    await listener.start()
    await diary.until(lambda words: words == ["began", "began"])
    await listener.stop()


def test_it_does_not_outlive_its_parent(diary: Diary, settings: dict[str, str]) -> None:
    parent = subprocess.Popen(  # noqa: S603 - our own code
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            "command = [sys.executable, '-m', 'infra.local.leash', 'gateway_listener']\n"
            "child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)\n"
            "time.sleep(60)",
        ],
        env={**settings, "PATH": os.defpath},
        cwd=diary.file.parent,
    )
    asyncio.run(diary.until(lambda words: words == ["began"]))

    parent.kill()
    parent.wait()

    asyncio.run(diary.until(lambda words: words == ["began", "flushed"]))
