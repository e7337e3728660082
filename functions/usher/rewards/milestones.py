"""Milestones: numbers of members brought, days in a row, members who stay (SPEC 2.5). Pure.

Everything follows from a member's counters of all time and of the days on which those whom they
brought had joined: a leave takes from the day of its join, so a day says who of it is still there.
Invites that admins add by hand are nobody's achievement and do not count.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from usher.credit.queries import Tally
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.slash.say import say, say_count

NUMBERS: Final = (1, 10, 50)
"""Members brought, unless the guild sets others."""
MOST_NUMBERS: Final = 20
HIGHEST_NUMBER: Final = 1_000_000
STREAKS: Final = (3, 7)
"""Days in a row."""
KEPT_DAYS: Final = 30

TEMPLATE: Final = "{member} has reached a milestone: {milestone}!"
TEMPLATE_LENGTH: Final = 500
PLACEHOLDERS: Final = ("member", "invites", "milestone", "server")


@frozen
class Day:
    """What became of those whom a member brought on a UTC day."""

    date: date
    tally: Tally


@frozen
class Milestone:
    """One that is reached."""

    name: str
    """`invites-10`, `streak-3`, `kept-30`."""
    news: bool
    """Whether it was reached since milestones are on; what was so before is no news."""


def reached(
    tally: Tally, days: Sequence[Day], numbers: Iterable[int], since: datetime, now: datetime
) -> tuple[Milestone, ...]:
    """Say which milestones a member has reached; `days` are those of the last months."""
    from_day = since.astimezone(UTC).date()
    brought = _stayed(tally)
    before = brought - sum(_stayed(day.tally) for day in days if day.date >= from_day)
    found = [
        Milestone(f"invites-{number}", before < number) for number in numbers if brought >= number
    ]
    found += [
        Milestone(f"streak-{length}", ends >= from_day)
        for length in STREAKS
        if (ends := _streak_ends(days, length)) is not None
    ]
    kept = [_kept_at(day) for day in days if _stayed(day.tally) > 0 and _kept_at(day) <= now]
    if kept:
        found.append(Milestone(f"kept-{KEPT_DAYS}", min(kept) >= since))
    return tuple(found)


def next_look(days: Iterable[Day], now: datetime) -> datetime | None:
    """Say when the clock alone may bring a member a milestone; None for never as things stand."""
    coming = [_kept_at(day) for day in days if _stayed(day.tally) > 0 and _kept_at(day) > now]
    return min(coming, default=None)


def title(name: str) -> str:
    """Write a milestone as part of a sentence."""
    kind, _, number = name.partition("-")
    if kind == "streak":
        return say("invited members {days} days in a row", days=number)
    if kind == "kept":
        return say("somebody they invited has stayed {days} days", days=number)
    if number == "1":
        return say("first invite")
    return say_count("{number} invite", "{number} invites", int(number))


def typed_numbers(typed: str) -> tuple[int, ...] | None:
    """Read numbers as somebody typed them, lowest first; None for what is none."""
    parts = typed.replace(",", " ").split()
    if not 1 <= len(parts) <= MOST_NUMBERS or not all(_is_number(part) for part in parts):
        return None
    numbers = sorted({int(part) for part in parts})
    return tuple(numbers) if numbers[0] >= 1 and numbers[-1] <= HIGHEST_NUMBER else None


def read_numbers(value: str | None) -> tuple[int, ...]:
    """Read the setting; the default for what makes no sense."""
    return typed_numbers(value or "") or NUMBERS


def message_id(guild_id: GuildId, user_id: UserId, name: str) -> str:
    """Name the message about a milestone, so that it is posted once."""
    return sha256(f"milestone|{guild_id}|{user_id}|{name}".encode()).hexdigest()[:25]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_NUMBER))


def _stayed(tally: Tally) -> int:
    return tally.tracked - tally.left - tally.fake


def _kept_at(day: Day) -> datetime:
    """When all of a day have been there long enough, whatever its hour."""
    return datetime.combine(day.date, time(), UTC) + timedelta(days=KEPT_DAYS + 1)


def _streak_ends(days: Sequence[Day], length: int) -> date | None:
    """Find the day on which the first streak of a length was complete."""
    active = sorted(day.date for day in days if day.tally.tracked - day.tally.fake > 0)
    run, last = 0, None
    for one in active:
        run = run + 1 if last is not None and one - last == timedelta(days=1) else 1
        if run == length:
            return one
        last = one
    return None
