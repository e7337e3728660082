"""What is made of Discord's refusals."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from usher.moderation.ports import (
    ActError,
    ForbiddenError,
    LimitedError,
    MissingError,
    UncertainError,
)

WHY: Final[Mapping[type[ActError], str]] = {
    ActError: "Discord did not do it",
    ForbiddenError: "Discord refused: a permission is missing, or they stand too high",
    LimitedError: "Discord asked to wait",
    MissingError: "they were not there any more",
}
"""What is noted of a failure."""


@contextmanager
def done_already() -> Iterator[None]:
    """Leave what fails after Discord has acted to the clock, which looks what became of it."""
    try:
        yield
    except ActError as error:
        raise UncertainError from error.__cause__ or error
