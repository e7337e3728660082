"""Why members went: a leave, a kick, a ban and a prune told apart. Pure.

GUILD_MEMBER_REMOVE does not say why. GUILD_BAN_ADD and the audit log do, a little before or after
it, in no promised order. What comes with the leave is told with it; what comes later is a word of
its own. A prune's entry names nobody: the leaves about its time are its, if they are no more than
it removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.facts import Fact, MemberDeparted, MemberRemoved
from usher.attribution.model import Head, Prune
from usher.contracts.mending import MemberMissing
from usher.contracts.observation import AuditEntry, MemberBanned, MemberLeft, Observation
from usher.ids import UserId

SAME_ACT: Final = timedelta(seconds=10)
"""Between a removal and its evidence, differences of clocks and Discord's own delay included."""

PRUNING: Final = timedelta(seconds=60)
"""How long before its entry a prune may have begun, and after it its leaves may arrive."""

MOST_DEPARTURES: Final = 300
"""Unexplained leaves kept for a prune's entry; each costs space in the guild's head."""

KICK: Final = 20
PRUNE: Final = 21
BAN: Final = 22
"""Discord's audit log events MEMBER_KICK, MEMBER_PRUNE, MEMBER_BAN_ADD."""

type Told = dict[int, list[Fact]]
"""Facts by the position of the event that they follow from."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Somebody was removed."""

    position: int
    user_id: UserId
    at: datetime
    cause: Cause
    by: UserId | None


def departures(head: Head, observation: Observation) -> tuple[Head, Told]:
    """Say who went and why; return the head with what later observations may need of it."""
    evidence = _merged(_evidence(observation))
    told = _missing(observation)
    unexplained: dict[int, MemberLeft] = {}
    used: set[_Evidence] = set()
    for position, event in enumerate(observation.events):
        if isinstance(event, MemberLeft):
            because = _because(event, evidence)
            if because is None:
                unexplained[position] = event
                continue
            used.add(because)
            fact = MemberDeparted(
                event.user_id, event.at, because.cause, because.by, event.began_by
            )
            told[position] = [fact]
    waiting = dict(head.departures)
    for one in evidence:
        if one not in used:
            told.setdefault(one.position, []).append(_removed(one, head, waiting))
            waiting.pop(one.user_id, None)
    prunes = [*head.prunes, *_prunes(observation)]
    for n, prune in enumerate(prunes):
        prunes[n] = _pruned(prune, unexplained, waiting, told, len(observation.events))
    for position, event in unexplained.items():
        cause = Cause.LEFT if event.audited else Cause.UNKNOWN
        told[position] = [MemberDeparted(event.user_id, event.at, cause, began_by=event.began_by)]
        waiting[event.user_id] = event.at
    young = observation.at - PRUNING
    recent = [(user_id, at) for user_id, at in waiting.items() if at >= young]
    noted = replace(
        head,
        departures=tuple(recent[-MOST_DEPARTURES:]),
        prunes=tuple(prune for prune in prunes if prune.at >= young and prune.left),
    )
    return noted, told


def _evidence(observation: Observation) -> list[_Evidence]:
    found: list[_Evidence] = []
    for position, event in enumerate(observation.events):
        match event:
            case MemberBanned(user_id=user_id, at=at):
                found.append(_Evidence(position, user_id, at, Cause.BANNED, None))
            case AuditEntry(target_id=str(target)) if event.action in (KICK, BAN):
                cause = Cause.KICKED if event.action == KICK else Cause.BANNED
                at = event.made_at or event.at
                found.append(_Evidence(position, UserId(target), at, cause, event.user_id))
            case _:
                pass
    return found


def _missing(observation: Observation) -> Told:
    """Tell of members whom Discord does not have any more: nobody saw them go."""
    return {
        position: [
            MemberRemoved(
                event.user_id, event.at, Cause.UNKNOWN, missed=True, began_by=event.joined_at
            )
        ]
        for position, event in enumerate(observation.events)
        if isinstance(event, MemberMissing)
    }


def _merged(found: Sequence[_Evidence]) -> list[_Evidence]:
    """Take what tells of one ban as one; its entry tells when it was made and by whom."""
    merged: list[_Evidence] = []
    for one in found:
        same = next(
            (n for n, other in enumerate(merged) if _same_ban(one, other)),
            None,
        )
        if same is None:
            merged.append(one)
        elif merged[same].by is None:
            merged[same] = replace(one, position=merged[same].position)
    return merged


def _same_ban(one: _Evidence, other: _Evidence) -> bool:
    same = one.user_id == other.user_id and one.cause is other.cause is Cause.BANNED
    return same and abs(one.at - other.at) <= SAME_ACT


def _because(left: MemberLeft, evidence: Sequence[_Evidence]) -> _Evidence | None:
    """Find what removed a member: of several acts the one nearest in time."""
    earliest, latest = left.at - SAME_ACT, (left.until or left.at) + SAME_ACT
    near = [one for one in evidence if one.user_id == left.user_id and earliest <= one.at <= latest]
    return min(near, key=lambda one: abs(one.at - left.at), default=None)


def _removed(one: _Evidence, head: Head, waiting: dict[UserId, datetime]) -> MemberRemoved:
    """Tell of evidence that came without the leave: it went before, will follow, or was missed."""
    left_at = waiting.get(one.user_id)
    if left_at is not None and abs(one.at - left_at) > SAME_ACT:
        left_at = None
    missed = any(began <= one.at <= ended for began, ended in head.gaps)
    return MemberRemoved(one.user_id, one.at, one.cause, one.by, left_at, missed)


def _prunes(observation: Observation) -> list[Prune]:
    return [
        Prune(event.made_at or event.at, event.user_id, event.removed or 0)
        for event in observation.events
        if isinstance(event, AuditEntry) and event.action == PRUNE
    ]


def _pruned(
    prune: Prune,
    unexplained: dict[int, MemberLeft],
    waiting: dict[UserId, datetime],
    told: Told,
    end: int,
) -> Prune:
    """Take a prune's leaves out of the unexplained ones; none where they cannot be told apart."""
    here = {n: e for n, e in unexplained.items() if abs(e.at - prune.at) <= PRUNING}
    before = {user: at for user, at in waiting.items() if abs(at - prune.at) <= PRUNING}
    if len(here) + len(before) > prune.left:
        return prune
    for position, event in here.items():
        del unexplained[position]
        told[position] = [
            MemberDeparted(event.user_id, event.at, Cause.PRUNED, prune.by, event.began_by)
        ]
    for user_id, at in before.items():
        del waiting[user_id]
        removed = MemberRemoved(user_id, at, Cause.PRUNED, prune.by, at)
        told.setdefault(end, []).append(removed)
    return replace(prune, left=prune.left - len(here) - len(before))
