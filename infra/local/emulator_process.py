"""The emulator's own process: MiniStack on the loopback address, saving its state while it runs.

MiniStack itself saves only on a clean stop, and only S3 survives a kill. Here every service whose
state changed is written every few seconds. That rests on two private names of MiniStack 1.5.33,
hence the exact pin and the restart tests in tests/local.

usage: python -m infra.local.emulator_process PORT AUTOSAVE_SECONDS ALARM_MINUTE_SECONDS [patient]
(settings: see emulator.py)
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from infra.local.emulated_alarms import EmulatedAlarms
from infra.local.emulated_metrics import EmulatedMetrics
from infra.local.iam_calls import VARIABLE, CallLog
from infra.local.iam_hook import install
from infra.local.leash import when_parent_goes

# ASGI, https://asgi.readthedocs.io/en/latest/specs/main.html
type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
# Lambda's pollers move messages inside the process, so no request tells of it.
_CHANGES_UNSEEN = frozenset({"sqs"})


class Autosave:
    """Writes the state of each service whose state differs from what was last written."""

    def __init__(self, ministack: ModuleType, seconds: float) -> None:
        from ministack.core import persistence

        self._ministack = ministack
        self._persistence = persistence
        self._seconds = seconds
        self._written: dict[str, bytes] = {}
        self._touched = True

    def wrap(self, app: Application) -> Application:
        """Return the ASGI application, noting every request that may have changed something."""

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["method"] not in _READS:
                self._touched = True
            await app(scope, receive, send)

        return noting

    async def run(self) -> None:
        """Save for ever; a large state waits in proportion to what saving it costs."""
        pause = self._seconds
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                await asyncio.to_thread(self._save_changed)
            except Exception as error:  # noqa: BLE001 - the next round tries again; the clean stop saves all
                print(f"autosave failed, will try again: {error!r}", flush=True)
            pause = max(self._seconds, 10 * (time.monotonic() - began))

    def _save_changed(self) -> None:
        everything, self._touched = self._touched, False
        for service, get_state in self._ministack._build_persistence_save_dict().items():
            if everything or service in _CHANGES_UNSEEN:
                self._save(service, get_state)

    def _save(self, service: str, get_state: Callable[[], Any]) -> None:
        try:
            state = get_state()
        except RuntimeError:  # a dictionary grew while it was copied
            self._touched = True
            return
        if state is None:
            return
        text = json.dumps(state, default=self._persistence._json_default)
        digest = hashlib.blake2b(text.encode()).digest()
        if self._written.get(service) != digest:
            self._persistence.save_state(service, state)
            self._written[service] = digest


async def serve(port: int, autosave_seconds: float, alarm_minute: float, *, patient: bool) -> None:
    """Serve until SIGTERM or until the parent is gone; MiniStack saves everything as it stops."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app as ministack

    logging.getLogger("persistence").setLevel(logging.WARNING)  # a line a service a save

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    when_parent_goes(functools.partial(loop.call_soon_threadsafe, stop.set))

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]  # it executes code: never another address
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"

    metrics = EmulatedMetrics(alarm_minute)
    app: Application = metrics.wrap(ministack.app)
    tasks = [
        asyncio.create_task(EmulatedAlarms(alarm_minute, patient=patient).run()),
        asyncio.create_task(metrics.run()),
    ]
    if autosave_seconds > 0:
        autosave = Autosave(ministack, autosave_seconds)
        app = autosave.wrap(app)
        tasks.append(asyncio.create_task(autosave.run()))
    await hypercorn_serve(cast("Any", app), config, shutdown_trigger=stop.wait)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    # Lambda workers inherit this process's environment; they must not find the checkout by it.
    os.environ.pop("PYTHONPATH", None)
    calls = os.environ.pop(VARIABLE, "")
    install(CallLog(Path(calls)) if calls else None)
    port, autosave_seconds, alarm_minute, *words = sys.argv[1:]
    patient = "patient" in words
    asyncio.run(serve(int(port), float(autosave_seconds), float(alarm_minute), patient=patient))
    if os.getpgrp() == os.getpid():  # workers that are busy would live on, without a cloud
        os.killpg(0, signal.SIGKILL)
