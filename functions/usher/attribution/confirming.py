"""Asking Discord how members joined: for whom, when, and with which search. Pure.

The search is undocumented and its index lags behind (research: userdoccers, discord-api-docs 6781):
that a member is not found says nothing, so joins are asked for on a schedule until it tells of them
or the schedule ends.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched
from math import ceil
from typing import Final

from usher.attribution.knowledge import SILENT
from usher.attribution.model import Membership
from usher.attribution.outcomes import Confidence, Kind
from usher.contracts.confirmation import MOST_JOINS, ConfirmationRequest
from usher.contracts.observation import MemberSearched, Observation
from usher.contracts.wire import EPOCH
from usher.ids import GuildId, UserId
from usher.ledger.lines import EVENT_ID_DIGITS, Line, LineType
from usher.times import format_time

SCHEDULE: Final = (
    timedelta(seconds=5),
    timedelta(seconds=25),
    timedelta(minutes=2),
    timedelta(minutes=15),
    timedelta(hours=6),
)
"""When each attempt is due, counted from the observation of the join (SPEC 1.5)."""

LONGEST_DELAY: Final = 900
"""Seconds for which SQS can delay a message (SendMessage)."""

MOST_IDS: Final = 10
"""Values of one filter of the search."""
PAGE: Final = 1000
"""Members of one page of the search, at most."""
SPAN: Final = timedelta(minutes=10)
"""Joins further apart are not searched as one range: it would list others' joins between them."""

MOST_POSTPONED: Final = 40
"""An attempt put off this often counts as made."""

FIRST_REST: Final = timedelta(hours=1)
LONGEST_REST: Final = timedelta(hours=24)
"""How long a guild that refused the search is left alone: doubling with each refusal."""

_KNOWN: Final = frozenset({Confidence.DETERMINISTIC, Confidence.CONFIRMED})
_SAME_MOMENT: Final = timedelta(seconds=1)
"""The index may keep times more coarsely; nobody leaves and rejoins within a second."""
_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Search:
    """One search: for the people of `joins`, or for everybody who joined in their time."""

    joins: tuple[Membership, ...]
    by_time: bool

    def body(self, after: MemberSearched | None = None) -> dict[str, object]:
        """Write the request; `after` is the last member of the page before.

        Without `sort` the newest join comes first, and `after` leads to older ones.
        """
        if not self.by_time:
            ids = list(dict.fromkeys(user_id for user_id, _ in self.joins))
            return {"limit": len(ids), "and_query": {"user_id": {"or_query": ids}}}
        times = [joined_at for _, joined_at in self.joins]
        within = {
            "gte": _milliseconds(min(times) - _SAME_MOMENT),
            "lte": _milliseconds(max(times) + _SAME_MOMENT),
        }
        body: dict[str, object] = {
            "limit": PAGE,
            "and_query": {"guild_joined_at": {"range": within}},
        }
        if after is not None:
            body["after"] = {
                "user_id": after.person.user_id,
                "guild_joined_at": _milliseconds(after.joined_at),
            }
        return body


def requests_for(observation: Observation, lines: Iterable[Line]) -> list[ConfirmationRequest]:
    """Ask for people whose joins were just recorded and are not known beyond counting."""
    joins = [
        (line.user_id, line.joined_at)
        for line in lines
        if line.type is LineType.JOIN
        and not line.imported
        and line.user_id is not None
        and line.joined_at is not None
        and line.word is not None
        and line.word.kind is not Kind.BOT
        and line.word.confidence not in _KNOWN
    ]
    return [
        ConfirmationRequest(
            guild_id=observation.guild_id,
            guild_name=observation.guild_name,
            joins=some,
            attempt=1,
            asked_from=observation.at,
            due_at=observation.at + SCHEDULE[0],
        )
        for some in batched(joins, MOST_JOINS, strict=False)
    ]


def delay_of(request: ConfirmationRequest, now: datetime) -> int:
    """Say for how many seconds a queue should delay a request: 1 to 900."""
    wait = ceil(min((request.due_at - now) / _SECOND, LONGEST_DELAY))
    return max(1, wait)


def searches(joins: Collection[Membership]) -> list[Search]:
    """Plan as few searches as tell of all joins: crowds by their time, the rest by their ids."""
    crowds: list[Search] = []
    single: list[Membership] = []
    for run in _runs(sorted(joins, key=lambda join: (join[1], join[0]))):
        if len(run) > MOST_IDS:
            crowds.append(Search(tuple(run), by_time=True))
        else:
            single.extend(run)
    few = batched(single, MOST_IDS, strict=False)
    return [*crowds, *(Search(some, by_time=False) for some in few)]


def _runs(joins: Iterable[Membership]) -> list[list[Membership]]:
    runs: list[list[Membership]] = []
    for join in joins:
        if not runs or join[1] - runs[-1][0][1] > SPAN:
            runs.append([])
        runs[-1].append(join)
    return runs


def answered(
    found: Iterable[MemberSearched], joins: Collection[Membership]
) -> dict[Membership, MemberSearched]:
    """Pick what tells how one of `joins` came about, under the time that the join was asked by.

    A member whose time of joining is another one has rejoined: the record is of that join. A record
    without a code that names no other road says nothing.
    """
    asked: dict[UserId, list[datetime]] = {}
    for user_id, joined_at in joins:
        asked.setdefault(user_id, []).append(joined_at)
    told: dict[Membership, MemberSearched] = {}
    for member in found:
        if member.code is None and member.source in SILENT:
            continue
        user_id = member.person.user_id
        for joined_at in asked.get(user_id, ()):
            if abs(joined_at - member.joined_at) < _SAME_MOMENT:
                told[user_id, joined_at] = replace(member, joined_at=joined_at)
    return told


def observation_of(
    guild_id: GuildId,
    guild_name: str,
    told: Mapping[Membership, MemberSearched],
    now: datetime,
) -> Observation:
    """Write what the search told as an Observation; telling the same again has the same id."""
    events = tuple(told[membership] for membership in sorted(told))
    said = [
        f"{e.person.user_id}|{format_time(e.joined_at)}|{e.source}|{e.code}|{e.inviter_id}"
        for e in events
    ]
    digest = sha256("\n".join([guild_id, *said]).encode()).hexdigest()[:EVENT_ID_DIGITS]
    return Observation(f"confirm.{digest}", guild_id, guild_name, now, events)


def next_attempt(
    request: ConfirmationRequest, joins: Iterable[Membership], now: datetime
) -> ConfirmationRequest | None:
    """Ask again for joins that the search did not tell of; None when the schedule has ended.

    What a late message missed of the schedule is left out: an attempt each is made at its time.
    """
    for attempt in range(request.attempt + 1, len(SCHEDULE) + 1):
        due_at = request.asked_from + SCHEDULE[attempt - 1]
        if due_at > now:
            left = tuple(joins)
            return replace(request, joins=left, attempt=attempt, due_at=due_at, postponed=0)
    return None


def postponed(
    request: ConfirmationRequest, joins: Iterable[Membership], seconds: float, now: datetime
) -> ConfirmationRequest | None:
    """Make the same attempt later: nothing was answered. Seconds are held to 1 to 900."""
    if request.postponed >= MOST_POSTPONED:
        return next_attempt(request, joins, now)
    wait = timedelta(seconds=min(max(1.0, seconds), LONGEST_DELAY))
    return replace(request, joins=tuple(joins), due_at=now + wait, postponed=request.postponed + 1)


def rested(
    request: ConfirmationRequest, joins: Iterable[Membership], until: datetime
) -> ConfirmationRequest | None:
    """Leave the guild alone until then: the next attempt after it, or else the last one then.

    None when the joins have been waiting for it long enough.
    """
    left = tuple(joins)
    later = next_attempt(request, left, until)
    if later is not None or until - request.asked_from > LONGEST_REST:
        return later
    return replace(request, joins=left, attempt=len(SCHEDULE), due_at=until, postponed=0)


def rest_after(refusals: int) -> timedelta:
    """Say how long a guild is left alone after so many refusals in a row before this one."""
    return min(FIRST_REST * (1 << min(refusals, 10)), LONGEST_REST)


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // _MILLISECOND
