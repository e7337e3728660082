"""The state file: written whole and atomically, soon after a change."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from infra.practice.json_types import Json, JsonObject, as_object


class StateFile:
    """Keeps `snapshot()` on disk.

    Changes within `delay` seconds share one write, so a burst of joins costs one. The file holds
    the bot token and the signing key and is readable by its owner only.
    """

    def __init__(
        self, path: Path | None, snapshot: Callable[[], Json], delay: float = 0.25
    ) -> None:
        self._path = path
        self._snapshot = snapshot
        self._delay = delay
        self._writer: asyncio.Task[None] | None = None
        self._dirty = False
        self._closing = asyncio.Event()

    def load(self) -> JsonObject | None:
        """Return the stored state, or None when there is none yet."""
        if self._path is None or not self._path.exists():
            return None
        return as_object(json.loads(self._path.read_text(encoding="utf-8")))

    def mark_dirty(self) -> None:
        """Have the state written soon; at once where no event loop runs."""
        if self._path is None:
            return
        self._dirty = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.save()
            return
        if self._writer is None or self._writer.done():
            self._writer = loop.create_task(self._write_soon())

    def save(self) -> None:
        """Write now."""
        if self._path is not None:
            self._dirty = False
            self._write(self._path, self._snapshot())

    async def close(self) -> None:
        """Write what is not yet written and stop."""
        self._closing.set()
        if self._writer is not None:
            await self._writer
        if self._dirty:
            self.save()

    async def _write_soon(self) -> None:
        while self._dirty and self._path is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), timeout=self._delay)
            self._dirty = False
            await asyncio.to_thread(self._write, self._path, self._snapshot())

    @staticmethod
    def _write(path: Path, state: Json) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.writing")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(state, stream, separators=(",", ":"))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
