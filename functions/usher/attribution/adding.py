"""Whom Usher added to a guild itself, and which join was theirs (`guilds.join`). Pure.

Usher says twice what it does: before it asks Discord, and when Discord has answered. The answer
makes a join certain. Where it was lost, only Discord's own record can tell that somebody was added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from usher.attribution.micros import micros, time_of
from usher.attribution.model import Adding, Membership, Pin
from usher.attribution.outcomes import Attributed, Confidence, Kind, Method, Outcome
from usher.contracts.observation import GatewayEvent, MemberAdded
from usher.ids import UserId

ADDED_WITHIN: Final = timedelta(minutes=2)
"""From Usher's own request to add somebody to their join."""

IN_FLIGHT: Final = timedelta(seconds=15)
"""Events this close to the end of an absence may still have been under way."""

KEEP: Final = timedelta(minutes=30)
"""How long a join may still be told: longer than Discord's record is asked for it a fourth time."""
MOST: Final = 300
"""Of those waiting the latest are kept, so that the guild's head stays small."""


def waiting(
    before: Iterable[Adding], events: Iterable[GatewayEvent], now: datetime
) -> tuple[Adding, ...]:
    """Say whose joins are waited for now: an answer takes its question's place."""
    found = [one for one in before if now - one.at < KEEP]
    for event in events:
        if not isinstance(event, MemberAdded):
            continue
        told = Adding(event.user_id, event.at, event.inviter_id, event.link, event.done)
        asked = replace(told, done=False)
        if asked in found and told.done:
            found[found.index(asked)] = told
        elif told not in found and replace(told, done=True) not in found:
            found.append(told)
    return tuple(found[-MOST:])


def pins_of(
    waited_for: Iterable[Adding],
    joins: Iterable[Membership],
    on_record: Mapping[Membership, Pin],
) -> dict[Membership, tuple[Adding, Pin]]:
    """Find whose joins these are; `on_record` is what Discord's own record says of them."""
    found: dict[Membership, tuple[Adding, Pin]] = {}
    theirs = defaultdict[UserId, list[datetime]](list)
    for user_id, joined_at in joins:
        theirs[user_id].append(joined_at)
    for one in waited_for:
        within = (one.at - IN_FLIGHT, one.at + ADDED_WITHIN)
        times = [t for t in theirs.get(one.user_id, ()) if within[0] <= t <= within[1]]
        first = (one.user_id, min(times)) if times else None
        if first is None:
            continue
        recorded = on_record.get(first)
        if recorded is not None and not _by_an_app(recorded):
            continue  # Discord says that they came another way
        if one.done:
            found[first] = one, _pin(one, Confidence.DETERMINISTIC)
        elif recorded is not None:
            found[first] = one, _pin(one, Confidence.CONFIRMED)
    return found


def stands(word: Outcome | None, pin: Pin) -> bool:
    """Whether a word that was certain by design says what is known of the join now, or more."""
    if not isinstance(word, Attributed) or word.confidence is not Confidence.DETERMINISTIC:
        return False
    if pin.confidence is Confidence.DETERMINISTIC:
        return False
    if word.method is Method.ADDED:
        return _by_an_app(pin)
    return pin.code is not None and pin.code == word.code


def write_adding(one: Adding) -> list[object]:
    """Write one for the guild's head."""
    return [one.user_id, micros(one.at), one.inviter_id, one.link, int(one.done)]


def read_adding(items: Any) -> Adding:  # noqa: ANN401 - JSON
    """Read what `write_adding` wrote; raises what a wrong shape raises."""
    user_id, at, *more = items
    inviter_id, link, done = more or (None, None, 1)
    return Adding(user_id, time_of(at), inviter_id, link, bool(done))


def _pin(one: Adding, confidence: Confidence) -> Pin:
    return Pin(Kind.API, None, one.inviter_id, confidence, Method.ADDED, one.link)


def _by_an_app(pin: Pin) -> bool:
    return pin.kind is Kind.API and pin.code is None
