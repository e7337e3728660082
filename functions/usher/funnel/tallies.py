"""What a membership adds to which counter, and what changes when it does. Pure.

Counters are sums over memberships: whatever becomes of one, its counters change by the difference
between what it adds now and what it added before. So nothing counts twice, and what a correction
moves to another link moves with all its steps.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from usher.funnel.model import Conversion, Journey, Place, Standing
from usher.funnel.rows import (
    STEPS,
    Row,
    campaign_rows,
    day_of,
    link_rows,
    quarter,
    step_day,
    step_hour,
    step_variant,
)
from usher.ids import GuildId

AFTER_DAYS: Final = (1, 7, 30)
"""When a cohort is looked at, in days after the join."""
LOST: Final = "lost_{days}"
"""Members who had left so many days after their join; at the day of the join."""
WON: Final = "won_{days}"
"""Members who had converted so many days after their join; at the day of the join."""
ONE: Final = Decimal(1)

type Change = dict[Row, dict[str, Decimal]]
"""What is to be added, by row and name of the counter."""


def change(before: Journey | None, after: Journey) -> Change:
    """Say what is to be added to which row where a journey was other before."""
    sums: dict[tuple[Row, str], Decimal] = {}
    for row, name, number in _added(after):
        sums[row, name] = sums.get((row, name), Decimal(0)) + number
    for row, name, number in _added(before) if before is not None else ():
        sums[row, name] = sums.get((row, name), Decimal(0)) - number
    changed: Change = {}
    for (row, name), number in sums.items():
        if number:
            changed.setdefault(row, {})[name] = number
    return changed


def _added(journey: Journey) -> Iterator[tuple[Row, str, Decimal]]:
    """Tell all that a journey adds."""
    place = journey.place
    if place is None:
        return
    for name, at, number in _steps(journey):
        yield from _at(journey.guild_id, place, name, at, number)
    if journey.conversion is not None and journey.conversion.standing is Standing.HELD:
        yield (link_rows(place.link), STEPS), "held", ONE
    for name in _cohort(journey):
        for row in _days(journey.guild_id, place, journey.joined_at):
            yield row, name, ONE


def _steps(journey: Journey) -> Iterator[tuple[str, datetime, Decimal]]:
    yield "joins", journey.joined_at, ONE
    if journey.onboarded_at is not None:
        yield "onboardings", journey.onboarded_at, ONE
    if (won := _won(journey)) is not None:
        yield "conversions", won.at, ONE
        yield "value", won.at, won.value


def _at(
    guild_id: GuildId, place: Place, name: str, at: datetime, number: Decimal
) -> Iterator[tuple[Row, str, Decimal]]:
    """Tell where a step of a time is counted."""
    link = link_rows(place.link)
    yield (link, STEPS), name, number
    if place.variant:
        yield (link, step_variant(place.variant)), name, number
    for row in _days(guild_id, place, at):
        yield row, name, number
    for partition in (link, campaign_rows(guild_id, place.campaign_id)):
        yield (partition, step_hour(at)), quarter(name, at), number


def _days(guild_id: GuildId, place: Place, at: datetime) -> tuple[Row, Row]:
    row = step_day(day_of(at), place.variant, place.link)
    return (link_rows(place.link), row), (campaign_rows(guild_id, place.campaign_id), row)


def _cohort(journey: Journey) -> Iterator[str]:
    """Name what a membership adds to the cohort of its day."""
    for days in AFTER_DAYS:
        ends = journey.joined_at + timedelta(days=days)
        if journey.left_at is not None and journey.left_at < ends:
            yield LOST.format(days=days)
        won = _won(journey)
        if won is not None and won.at < ends:
            yield WON.format(days=days)


def _won(journey: Journey) -> Conversion | None:
    found = journey.conversion
    return found if found is not None and found.counts else None
