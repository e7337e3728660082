"""Whom an observation gives reason to greet, and when. Pure.

What is said is put together when it is said: by then the word on who brought somebody in is surer.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from usher.attribution.model import Membership
from usher.attribution.outcomes import Confidence
from usher.contracts.effect import Greet
from usher.contracts.observation import MemberJoined, MemberUpdated, Observation
from usher.greeting.settings import Occasion
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType
from usher.times import format_time, parse_time

A_MINUTE: Final = 20
"""Greetings of a guild and occasion within a minute; one more says that there are many."""
MOST: Final = A_MINUTE + 1
"""Of one observation, which holds no more than some seconds: beyond it none would be said."""

UNSURE_SECONDS: Final = 30
"""Discord's own record is asked 5 and 25 seconds after a join (attribution/confirming.py)."""
CAUSE_SECONDS: Final = 10
"""How long after a leave the audit log may still tell why (attribution/departing.py)."""
SURE: Final = frozenset({Confidence.DETERMINISTIC, Confidence.CONFIRMED, Confidence.EXACT})


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody went."""

    user_id: UserId
    joined_at: datetime | None
    """None where the membership is not on record."""
    at: datetime


def ended_by(lines: Iterable[Line]) -> tuple[Ended, ...]:
    """Pick the leaves that were seen; those concluded from a return are no news to anybody."""
    found = [
        Ended(line.user_id, line.joined_at, line.timestamp)
        for line in lines
        if line.type is LineType.LEAVE and not line.recovered and line.user_id is not None
    ]
    return tuple(found[:MOST])


def write_ended(ended: Iterable[Ended]) -> str | None:
    """Write leaves as text; None for none."""
    rows = [
        [
            one.user_id,
            None if one.joined_at is None else format_time(one.joined_at),
            format_time(one.at),
        ]
        for one in ended
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else None


def read_ended(text: str | None) -> tuple[Ended, ...]:
    """Read what `write_ended` wrote."""
    return tuple(
        Ended(UserId(user_id), parse_time(joined_at) if joined_at else None, parse_time(at))
        for user_id, joined_at, at in json.loads(text or "[]")
    )


def let_in(observation: Observation) -> frozenset[Membership]:
    """Name who is past the membership screening, or never was in it."""
    return frozenset(
        (event.user_id, event.joined_at)
        for event in observation.events
        if isinstance(event, MemberUpdated) and not event.pending
    )


def pending_joins(observation: Observation) -> frozenset[Membership]:
    """Name who joined and has to pass the screening first."""
    return frozenset(
        (event.person.user_id, event.joined_at)
        for event in observation.events
        if isinstance(event, MemberJoined) and event.pending
    )


def welcomes(
    observation: Observation, words: Mapping[Membership, Line], screened: Collection[Membership]
) -> tuple[tuple[Greet, int], ...]:
    """Say whom to welcome, and after how many seconds.

    `words` are the lines of joins that this observation recorded, `screened` who has passed the
    screening that their join was held up by.
    """
    waiting = pending_joins(observation)
    found: dict[Membership, int] = {}
    for event in observation.events:
        if isinstance(event, MemberJoined) and not event.person.bot:
            membership = (event.person.user_id, event.joined_at)
            line = words.get(membership)
            if line is not None and line.word is not None and membership not in waiting:
                found[membership] = 0 if line.word.confidence in SURE else UNSURE_SECONDS
    found |= dict.fromkeys(sorted(screened), 0)
    return tuple(
        (_greet(observation, Occasion.WELCOME, user_id, joined_at), delay)
        for (user_id, joined_at), delay in [*found.items()][:MOST]
    )


def farewells(observation: Observation, ended: Iterable[Ended]) -> tuple[tuple[Greet, int], ...]:
    """Say whom to say farewell to, and after how many seconds."""
    return tuple(
        (
            _greet(observation, Occasion.FAREWELL, one.user_id, one.joined_at, one.at),
            CAUSE_SECONDS,
        )
        for one in ended
    )


def _greet(
    observation: Observation,
    occasion: Occasion,
    user_id: UserId,
    joined_at: datetime | None,
    at: datetime | None = None,
) -> Greet:
    joined, left = (None if one is None else format_time(one) for one in (joined_at, at))
    return Greet(
        id=greeting_id(observation.guild_id, occasion, user_id, joined or left or ""),
        guild_id=observation.guild_id,
        user_id=user_id,
        occasion=occasion.value,
        guild_name=observation.guild_name,
        joined_at=joined,
        left_at=left,
        members=observation.member_count,
    )


def greeting_id(guild_id: GuildId, occasion: Occasion, user_id: UserId, moment: str) -> str:
    """Name a greeting by the membership that it is about, of an unknown one by its end."""
    named = "|".join(["greeting", guild_id, occasion.value, user_id, moment])
    return sha256(named.encode()).hexdigest()[:25]
