"""Breaking off at one chosen step, before or after it has its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field


class BrokenOffError(Exception):
    """The process ended here."""


@dataclass
class Fuse:
    """Counts the steps of adapters and breaks off at one of them.

    Step `at` has no effect when `before`, and its whole effect otherwise; without `at` nothing
    breaks, and `steps` tells afterwards how many there were.
    """

    at: int | None = None
    before: bool = True
    steps: int = 0
    log: list[str] = field(default_factory=list)

    def step[T](self, name: str, action: Callable[[], T]) -> T:
        self.steps += 1
        self.log.append(name)
        mine = self.steps == self.at
        if mine and self.before:
            raise BrokenOffError(name)
        result = action()
        if mine:
            raise BrokenOffError(name)
        return result
