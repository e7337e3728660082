"""When a delivery is tried again, and when an endpoint is given up. Pure.

The schedule is that of the Standard Webhooks specification: ten tries in some three days.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookEvent
from usher.hooks.model import Attempt, Ending, Health
from usher.times import format_time

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Between a failed try and the next; the first try is at once."""
JITTER: Final = 0.1
"""Share of a pause by which it may be longer, so that many do not come back at once."""
GIVE_UP: Final = timedelta(days=3)
"""After so long without a success an endpoint is switched off."""
FEW: Final = 5
"""Fewer failures than this switch nothing off."""
SILENT: Final = 3
"""Tries in a row without an answer after which an endpoint rests."""
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=15)
LONGEST_WISH: Final = timedelta(hours=24)
"""Longest `Retry-After` that is heeded."""
KEEP: Final = timedelta(days=30)
"""How long the delivery log is kept."""
HOLD: Final = timedelta(days=7)
"""How long events are kept for an endpoint that was given up, for a replay."""
MOST_KEPT: Final = 20
"""Attempts that a delivery remembers."""
GONE: Final = 410
_ASKS_TO_WAIT: Final = (429, 503)


def delivery_key(event: HookEvent) -> str:
    """Name an event's delivery within its endpoint: in the order of what happened."""
    return f"D#{format_time(event.at)}#{event.id}"


def body_of(event: HookEvent) -> bytes:
    """Write what is sent: the same bytes at every try."""
    told = {"type": event.type.value, "timestamp": format_time(event.at), "data": event.data}
    return json.dumps(told, separators=(",", ":")).encode()


def succeeded(attempt: Attempt) -> bool:
    """Whether the endpoint has taken it: any 2xx. A redirect is none."""
    return attempt.status is not None and 200 <= attempt.status < 300


def pause_after(tries: int, chance: float) -> timedelta | None:
    """Say how long to wait after so many failed tries; None when that was the last one.

    `chance` is drawn from 0 to 1.
    """
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + JITTER * chance)


def wish_of(attempt: Attempt, headers: Mapping[str, str]) -> timedelta | None:
    """Read how long the endpoint asks to be left alone; header names are in lower case."""
    told = headers.get("retry-after", "")
    if attempt.status not in _ASKS_TO_WAIT or not (told.isascii() and told.isdecimal()):
        return None
    return min(timedelta(seconds=int(told[:9])), LONGEST_WISH)


def after(health: Health, attempt: Attempt, wish: timedelta | None) -> Health:
    """Take an attempt into account."""
    if succeeded(attempt):
        return Health()
    failures, since = health.failures + 1, health.failing_since or attempt.at
    silences = health.silences + 1 if attempt.status is None else 0
    rest = wish
    if silences >= SILENT:
        rest = min(LONGEST_REST, FIRST_REST * (1 << min(silences - SILENT, 10)))
    following = replace(
        health,
        failures=failures,
        silences=silences,
        failing_since=since,
        resting_until=None if rest is None else attempt.at + rest,
    )
    if health.ending is not None:
        return following
    if attempt.status == GONE:
        return replace(following, ending=Ending.GONE, ended_at=attempt.at)
    if failures >= FEW and attempt.at - since >= GIVE_UP:
        return replace(following, ending=Ending.FAILING, ended_at=attempt.at)
    return following


def is_held(health: Health, now: datetime) -> bool:
    """Whether new events are kept for an endpoint that was given up."""
    return health.ended_at is not None and now - health.ended_at < HOLD
