"""Breaking off at one chosen step, before or after it has its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast


class BrokenOffError(Exception):
    """The process ended here."""


class DiedError(BaseException):
    """The process ended here, and nothing that catches errors could hold it."""


BREAKS = ((True, BrokenOffError), (False, BrokenOffError), (False, DiedError))
"""Before or after a step, and by what. A death before a step is one after the step before it."""


@dataclass
class Fuse:
    """Counts the steps of adapters and breaks off at one of them.

    Step `at` has no effect when `before`, and its whole effect otherwise; without `at` nothing
    breaks, and `steps` tells afterwards how many there were.
    """

    at: int | None = None
    before: bool = True
    error: type[BaseException] = BrokenOffError
    steps: int = 0
    log: list[str] = field(default_factory=list)

    def step[T](self, name: str, action: Callable[[], T]) -> T:
        number = self.enter(name)
        result = action()
        self.leave(name, number)
        return result

    def enter(self, name: str) -> int:
        """Begin a step, perhaps within another; return its number."""
        self.steps += 1
        self.log.append(name)
        number = self.steps
        if self.before:
            self._burn(name, number)
        return number

    def leave(self, name: str, number: int) -> None:
        """End a step."""
        if not self.before:
            self._burn(name, number)

    def _burn(self, name: str, number: int) -> None:
        if number == self.at:
            raise self.error(name)


@dataclass
class Meanwhile(Fuse):
    """Breaks nothing: at its step it lets something else happen, and then goes on."""

    happens: Callable[[], object] = lambda: None

    def _burn(self, name: str, number: int) -> None:
        if number == self.at:
            self.happens()


def fused[T](adapter: T, fuse: Callable[[], Fuse]) -> T:
    """Make every call of an adapter a step of the fuse that burns then, whatever it is named."""
    return cast("T", _Fused(adapter, fuse))


class _Fused:
    def __init__(self, adapter: object, fuse: Callable[[], Fuse]) -> None:
        self._adapter, self._fuse = adapter, fuse

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the adapter has
        found = getattr(self._adapter, name)
        if not callable(found):
            return found

        def step(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            return self._fuse().step(name, lambda: found(*arguments, **named))

        return step
