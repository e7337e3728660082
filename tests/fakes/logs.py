"""The structured log and the metrics, kept to be looked at."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from usher.platform.logging import Logger


@dataclass
class LogBook:
    """A real powertools logger whose lines can be read back."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def logger(self) -> Logger:
        return Logger(
            service=f"test-{id(self.stream)}",
            level="INFO",
            stream=self.stream,
            utc=True,
            log_uncaught_exceptions=False,
        )

    def lines(self) -> list[dict[str, Any]]:
        """The lines so far."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def messages(self) -> list[str]:
        """What the lines say."""
        return [line["message"] for line in self.lines()]


@dataclass
class FakeMeter:
    """Sums by name and dimensions."""

    sums: dict[tuple[str, ...], float] = field(default_factory=dict)

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        key = (name, *(dimensions or {}).values())
        if value:
            self.sums[key] = self.sums.get(key, 0) + value
