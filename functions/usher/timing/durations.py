"""How long something is to hold, as people write it: `10m`, `2h 30m`, `1 day`. Pure."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from usher.slash.say import say_count

MOST_SECONDS: Final = 10**10
"""Beyond it nothing is a duration; some centuries."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PART: Final = re.compile(
    r"(\d{1,9})\s*"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])\s*",
    re.IGNORECASE,
)
_WORDS: Final[tuple[tuple[int, Callable[[int], str]], ...]] = (
    (604_800, lambda n: say_count("{number} week", "{number} weeks", n)),
    (86_400, lambda n: say_count("{number} day", "{number} days", n)),
    (3_600, lambda n: say_count("{number} hour", "{number} hours", n)),
    (60, lambda n: say_count("{number} minute", "{number} minutes", n)),
    (1, lambda n: say_count("{number} second", "{number} seconds", n)),
)


def read_duration(text: str) -> timedelta | None:
    """Read a duration; None for what is none, and for nothing at all."""
    left, seconds = text.strip(), 0
    while left:
        found = _PART.match(left)
        if found is None:
            return None
        seconds += int(found[1]) * _UNITS[found[2][0].lower()]
        left = left[found.end() :]
    return timedelta(seconds=seconds) if 0 < seconds <= MOST_SECONDS else None


def show_duration(length: timedelta) -> str:
    """Write a duration, its two largest parts: `1 day 2 hours`."""
    seconds, parts = int(length.total_seconds()), list[str]()
    for size, word in _WORDS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(word(number))
    return " ".join(parts[:2])
