"""Times of a history: milliseconds from its start, as Discord writes them."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000
MINUTE: Final = 60_000
HOUR: Final = 3_600_000


def moment(ms: int) -> datetime:
    """A moment of the history."""
    return START + timedelta(milliseconds=ms)


def clock(ms: int) -> str:
    """A moment of the history as Discord writes it."""
    return moment(ms).isoformat(timespec="microseconds")


def snowflake(ms: int) -> str:
    """An id that Discord would give at a moment of the history."""
    return str(int((moment(ms) - EPOCH) / timedelta(milliseconds=1)) << 22)
