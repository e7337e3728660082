"""The gateway listener as a subprocess, in place of the nested stack.

The emulator's ECS is a control plane only: it has no containers to run it in.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import aiohttp

from infra.local.host import bare_environment

_STOP_SECONDS: Final = 10.0
_LONGEST_PAUSE: Final = 30.0
_STEADY_SECONDS: Final = 60.0  # lived this long: the next death is a new trouble, not the same one


class ListenerProcess:
    """Runs `python -m gateway_listener` on a leash; starts it again, ever later, when it dies."""

    def __init__(
        self, settings: Mapping[str, str], folder: Path, announce: Callable[[str], None]
    ) -> None:
        self._environment = bare_environment() | dict(settings)
        self._folder = folder
        self._announce = announce
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self._folder / "listener.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start it and keep it running; nothing happens if it is kept already."""
        if self._keeper is None:
            await self._spawn()
            self._keeper = asyncio.create_task(self._keep())

    async def watching(self, patience: float) -> bool:
        """Wait until it has looked at every guild of its session; False if that takes too long."""
        url = f"http://127.0.0.1:{self._environment['HEALTH_PORT']}/health"
        async with aiohttp.ClientSession() as client:
            end = time.monotonic() + patience
            while time.monotonic() < end:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                    async with client.get(url, timeout=aiohttp.ClientTimeout(total=1)) as answer:
                        vitals = await answer.json()
                        looked = vitals["connected"] and not vitals["unseen"]
                        if looked and not vitals["oldest_unsent_age"]:
                            return True
                await asyncio.sleep(0.05)
        return False

    async def stop(self) -> None:
        """Ask it to stop and wait up to 10 s while it flushes what it saw; then force it."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it at once, as a crash would, and leave it down."""
        await self._end(signal.SIGKILL)

    def abandon(self) -> None:
        """End it from outside the event loop, without waiting."""
        if (pid := self.pid) is not None:
            os.killpg(pid, signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _spawn(self) -> None:
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "infra.local.leash",
                "gateway_listener",
                cwd=self._folder,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,  # the leash
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def _keep(self) -> None:
        pause = 0.5
        while self._process is not None:
            began = time.monotonic()
            code = await self._process.wait()
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = 0.5
            self._announce(
                f"The listener ended with code {code}; again in {pause:g} s. See {self.log_file}"
            )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            await self._spawn()
