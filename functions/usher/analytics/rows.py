"""The sort keys of figures in a guild's partition. Pure."""

from datetime import date, datetime
from typing import Final

from usher.analytics.spans import hour_name, read_hour, week_name

HOURS: Final = "A#H#"
DAYS: Final = "A#D#"
WEEKS: Final = "A#W#"
PROGRESS: Final = "A#PROGRESS"
"""How far the guild is rolled up."""


def hour_key(hour: datetime) -> str:
    """Say under what an hour is kept."""
    return HOURS + hour_name(hour)


def day_key(day: date) -> str:
    """Say under what a day is kept."""
    return DAYS + day.isoformat()


def week_key(monday: date) -> str:
    """Say under what a week is kept."""
    return WEEKS + week_name(monday)


def hour_of_key(key: str) -> datetime:
    """Undo `hour_key`."""
    return read_hour(key.removeprefix(HOURS))


def day_of_key(key: str) -> date:
    """Undo `day_key`."""
    return date.fromisoformat(key.removeprefix(DAYS))
