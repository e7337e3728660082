"""What listing and redriving ask of the queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.dlq.letter import Letter


class UnsupportedError(Exception):
    """The cloud cannot move messages by itself."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A queue and where its messages end that are given up."""

    name: str
    """The queue's, such as `events`."""
    url: str
    dead_url: str
    log_group: str | None = None
    """Of the function that reads the queue."""

    @property
    def fifo(self) -> bool:
        """Whether it keeps the order of each group."""
        return self.url.endswith(".fifo")


class Letters(Protocol):
    """The dead letters. Methods may raise the SDK's errors."""

    def count(self, pair: Pair) -> int:
        """Say about how many there are."""
        ...

    def take(self, pair: Pair, seconds: int) -> Sequence[Letter]:
        """Read up to ten, hiding them for so long; none where none is to be seen."""
        ...

    def release(self, pair: Pair, letters: Sequence[Letter]) -> None:
        """Show letters again at once."""
        ...

    def send(self, pair: Pair, letter: Letter, deduplication_id: str) -> None:
        """Put a letter into its own queue again, once for the id within five minutes if FIFO."""
        ...

    def delete(self, pair: Pair, letter: Letter) -> None:
        """Delete a dead letter."""
        ...

    def move(self, pair: Pair) -> str:
        """Have the cloud move everything back; the task's name. Raises UnsupportedError."""
        ...

    def moved(self, pair: Pair, task: str) -> tuple[str, int]:
        """Say how a move stands, in the cloud's word, and how many were moved."""
        ...
