"""A shelf in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass
class FakeShelf:
    """Implements Shelf; keeps each file's pieces."""

    held: dict[str, list[bytes]] = field(default_factory=dict)

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        self.held[key] = list(chunks)

    def link(self, key: str, filename: str, life: timedelta) -> str:
        assert key in self.held
        return f"https://shelf/{key}?as={filename}&for={int(life.total_seconds())}"
