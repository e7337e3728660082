"""Lengths of time as moderators type them: `30m`, `2h30m`, `7d`, `permanent`. Pure."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from usher.slash.errors import UserError
from usher.slash.say import later, say, say_count

PERMANENT: Final = "permanent"
_ALWAYS: Final = frozenset({PERMANENT, "perm", "forever", "never"})
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_NAMES: Final = {
    "second": "s",
    "sec": "s",
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "w",
    "year": "y",
}
_PART: Final = re.compile(r"([0-9]{1,6})\s*([a-z]+)[\s,]*")

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=5 * 365)
STEPS: Final = ("10m", "1h", "6h", "12h", "1d", "3d", "7d", "14d", "28d", "90d", "365d")
"""What is suggested."""

_WRONG: Final = later(
    "I do not understand `{typed}` as a length of time. Write it like `30m`, `2h30m`, `7d` or "
    "`permanent`."
)
_SHORT: Final = later("It must be at least a minute.")
_LONG: Final = later("It must be at most five years. For longer there is `permanent`.")
_ENDLESS: Final = later("That cannot be permanent. Write a length of time like `30m` or `7d`.")


def read_duration(typed: str, *, permanent: bool = True) -> timedelta | None:
    """Read a length of time, None for `permanent`; raises UserError."""
    words = typed.strip().lower()
    if words in _ALWAYS:
        if not permanent:
            raise UserError(say(_ENDLESS))
        return None
    seconds, rest = 0, words
    while rest:
        match = _PART.match(rest)
        unit = None if match is None else _unit(match[2])
        if match is None or unit is None:
            raise UserError(say(_WRONG, typed=words[:32].replace("`", "")))
        seconds += int(match[1]) * _SECONDS[unit]
        rest = rest[match.end() :]
    if not words:
        raise UserError(say(_WRONG, typed=" "))
    if seconds < SHORTEST.total_seconds():
        raise UserError(say(_SHORT))
    if seconds > LONGEST.total_seconds():
        raise UserError(say(_LONG))
    return timedelta(seconds=seconds)


def say_duration(length: timedelta | None) -> str:
    """Say a length of time by its two largest units, for example `2 hours 30 minutes`."""
    if length is None:
        return say("for good")
    left = int(length.total_seconds())
    said: list[str] = []
    for unit in "ydhms":
        number, rest = divmod(left, _SECONDS[unit])
        if number and len(said) < 2:
            said.append(_count(unit, number))
            left = rest
    return " ".join(said) or _count("s", 0)


def suggested(typed: str, *, permanent: bool) -> Iterator[tuple[str, str]]:
    """Suggest lengths: what is typed as it is understood, and the usual ones."""
    offered = ((PERMANENT,) if permanent else ()) + STEPS
    words = typed.strip().lower()
    shown = [one for one in offered if one.startswith(words)]
    if words and words not in shown:
        if words.isdecimal():
            shown = [f"{words}{unit}" for unit in "mhdw"] + shown
        else:
            shown = [words, *shown]
    for one in shown:
        try:
            length = read_duration(one, permanent=permanent)
        except UserError:
            continue
        yield (say("permanent") if length is None else say_duration(length)), one


def _count(unit: str, number: int) -> str:
    match unit:
        case "y":
            return say_count("{number} year", "{number} years", number)
        case "d":
            return say_count("{number} day", "{number} days", number)
        case "h":
            return say_count("{number} hour", "{number} hours", number)
        case "m":
            return say_count("{number} minute", "{number} minutes", number)
        case _:
            return say_count("{number} second", "{number} seconds", number)


def _unit(word: str) -> str | None:
    if word in _SECONDS:
        return word
    return _NAMES.get(word.removesuffix("s"))
