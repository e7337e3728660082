"""Times as microseconds since 1970."""

from datetime import datetime

from usher.contracts.wire import EPOCH, MICROSECOND


def micros(time: datetime | None) -> int | None:
    """Write a time, if there is one."""
    return None if time is None else (time - EPOCH) // MICROSECOND


def moment(number: int | None) -> datetime | None:
    """Read a time that may be missing."""
    return None if number is None else time_of(number)


def time_of(number: int) -> datetime:
    """Read a time."""
    return EPOCH + number * MICROSECOND
