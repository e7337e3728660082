"""Giving up in time: a function's life ends without a word to the member who waits."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from usher.frozen import frozen

EVERY: Final = 256
"""Things between two looks at the clock."""


class TooLongError(Exception):
    """The ledger is too large to be read in the time and space that there is."""


@frozen
class Patience:
    """How long reading may take, from when it begins."""

    clock: Callable[[], datetime]
    longest: timedelta

    def starts(self) -> "Deadline":
        """Begin now."""
        return Deadline(self.clock, self.clock() + self.longest)


@frozen
class Deadline:
    """When reading must have ended."""

    clock: Callable[[], datetime]
    at: datetime

    def heed[T](self, things: Iterable[T]) -> Iterator[T]:
        """Pass things on; raises TooLongError once it is late."""
        for number, thing in enumerate(things):
            if number % EVERY == 0 and self.clock() > self.at:
                raise TooLongError
            yield thing


def endless[T](things: Iterable[T]) -> Iterator[T]:
    """Pass things on, however late it is."""
    yield from things
