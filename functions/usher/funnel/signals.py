"""What speaks against a conversion, with the figures that show it (SPEC 5.11). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.funnel.holds import Limits
from usher.funnel.model import Journey, Signal, SignalKind
from usher.ids import UserId
from usher.referrals.model import Link

AROUND: Final = timedelta(minutes=5)
"""Joins so long before and after a member's are of one burst."""
RECENT: Final = timedelta(days=1)
"""How long after a join or a conversion it may speak against conversions before it."""
SKEW: Final = timedelta(minutes=1)
"""How much sooner than its join a conversion may seem: Discord's clock tells of the join."""
DISCORD_EPOCH: Final = 1_420_070_400_000
"""Milliseconds before the first snowflake (API reference: Snowflakes)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the journey itself."""

    joins: int = 1
    """Of the link around the member's, theirs included."""
    members: int = 1
    """Who converted by the same visitor, this member included."""


def signals_of(
    journey: Journey, link: Link, limits: Limits, evidence: Evidence
) -> tuple[Signal, ...]:
    """Tell all that speaks against a journey's conversion; nothing where it has none."""
    return tuple(_found(journey, link, limits, evidence))


def _found(journey: Journey, link: Link, limits: Limits, evidence: Evidence) -> Iterator[Signal]:
    won = journey.conversion
    if won is None:
        return
    if limits.own and journey.user_id == link.owner_id:
        yield Signal(SignalKind.SELF, 1, 0)
    age = _hours(journey.joined_at - created_at(journey.user_id))
    if age < limits.young:
        yield Signal(SignalKind.YOUNG, age, limits.young)
    seconds = max(0, int((won.at - journey.joined_at).total_seconds()))
    if seconds < limits.fast:
        yield Signal(SignalKind.FAST, seconds, limits.fast)
    yield from late_signals(limits, evidence)


def late_signals(limits: Limits, evidence: Evidence) -> Iterator[Signal]:
    """Tell what of a conversion's signals others may add to after it."""
    if limits.burst and evidence.joins >= limits.burst:
        yield Signal(SignalKind.BURST, evidence.joins, limits.burst)
    if limits.visitor and evidence.members >= limits.visitor:
        yield Signal(SignalKind.VISITOR, evidence.members, limits.visitor)


def is_recent(journey: Journey, now: datetime) -> bool:
    """Whether a journey may still speak against others' conversions, or others against its own."""
    won = journey.conversion
    return now - max(journey.joined_at, won.at if won else journey.joined_at) <= RECENT


def created_at(user_id: UserId) -> datetime:
    """Tell when an account was made: its snowflake says it."""
    milliseconds = (int(user_id) >> 22) + DISCORD_EPOCH if user_id.isdecimal() else 0
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def _hours(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 3600))
