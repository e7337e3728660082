"""What a guild's admins are told of conversions that are held, and when. Pure.

One row a guild (`L#@<guild>` / `HOLDS`) changes with each journey that is held, in one
transaction, and carries the time at which the clock has it looked at: five minutes after the first,
and each hour as long as somebody waits. So a burst is one message, whatever breaks off.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.funnel.model import Journey, SignalKind
from usher.funnel.rows import held_row

FIRST: Final = timedelta(minutes=5)
"""So long it is waited for others of the same burst."""
PAUSE: Final = timedelta(hours=1)
REMIND: Final = timedelta(days=1)


@frozen
class Notice:
    """What the row says."""

    due_at: datetime
    held: int = 0
    """Conversions held since it was last told of some."""
    taken: int = 0
    """Of them: those that had counted before."""
    kinds: Mapping[SignalKind, int] = field(default_factory=dict)
    """Of them: what speaks against how many."""
    links: frozenset[str] = frozenset()
    """By which links they came."""
    owing: frozenset[str] = frozenset()
    """Journeys of which others are still to hear that they do not count after all."""
    told_at: datetime | None = None


class Word(StrEnum):
    """What is to be said."""

    NEWS = "news"
    REMINDER = "reminder"
    NOTHING = "nothing"


def word_of(notice: Notice, waiting: int, now: datetime) -> Word:
    """Say what is to be told of a queue in which so many wait."""
    if not waiting:
        return Word.NOTHING
    if notice.held:
        return Word.NEWS
    if notice.told_at is None or now - notice.told_at >= REMIND:
        return Word.REMINDER
    return Word.NOTHING


def is_new(before: Journey, after: Journey) -> bool:
    """Whether a conversion is held that was not."""
    return held_row(before) is None and held_row(after) is not None


def numbers_of(after: Journey) -> dict[str, int]:
    """Say what a conversion that is held adds to the row."""
    won = after.conversion
    if won is None:
        return {}
    kinds = dict.fromkeys((one.kind.value for one in won.signals), 1)
    return {"held": 1, **({"taken": 1} if won.turns else {}), **kinds}


def owes(journey: Journey) -> bool:
    """Whether others are still to hear that a conversion did not count after all."""
    won = journey.conversion
    return won is not None and won.told < won.turns and won.turns > 1
