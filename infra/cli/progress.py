"""A progress bar on the terminal, and nothing where there is none."""

import sys
import time
from types import TracebackType
from typing import Final, Self, TextIO

WIDTH: Final = 30
PAUSE: Final = 0.1
"""Seconds between two drawings."""


class Progress:
    """Counts up, with a bar where the total is known; `with` takes it away at the end."""

    def __init__(self, what: str, total: int | None = None, stream: TextIO | None = None) -> None:
        self._what = what
        self._total = total
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._began = time.monotonic()
        self._drawn = 0.0
        self.done = 0

    def __call__(self, count: int = 1) -> None:
        """Count on."""
        self.done += count
        now = time.monotonic()
        if self._shown and now - self._drawn >= PAUSE:
            self._drawn = now
            self._stream.write(f"\r\x1b[K{self.line(now)}")
            self._stream.flush()

    def line(self, now: float) -> str:
        """Write it as it is now."""
        rate = self.done / max(now - self._began, 1e-9)
        if not self._total:
            return f"{self._what} {self.done:,} ({rate:,.0f}/s)"
        filled = min(WIDTH, WIDTH * self.done // self._total)
        bar = "█" * filled + "░" * (WIDTH - filled)
        return f"{self._what} {bar} {self.done:,} of {self._total:,} ({rate:,.0f}/s)"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
