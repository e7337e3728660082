"""What is known of joins beyond counting: Discord's own record, and what Usher itself did."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Final

from usher.attribution.adding import IN_FLIGHT, pins_of, stands, waiting
from usher.attribution.code_book import CodeBook
from usher.attribution.model import Adding, Head, Membership, OpenJoin, Pin
from usher.attribution.outcomes import Attributed, Confidence, Kind, Method, Outcome
from usher.attribution.watching import LAG
from usher.contracts.deeds import InvitesGranted, RecountAsked, SettingChanged, UpgradeAssigned
from usher.contracts.mending import LinesUnbooked, MemberMissing
from usher.contracts.observation import (
    CodesDue,
    GatewayEvent,
    ImportEnded,
    InviteTargeted,
    MemberAdded,
    MemberFound,
    MemberJoined,
    MemberSearched,
    Observation,
)
from usher.ids import VANITY, UserId

VANITY_SOURCE: Final = 6
KINDS: Final = {1: Kind.API, 2: Kind.API, 3: Kind.DISCOVERY, 4: Kind.HUB}
"""`join_source_type` of joins without an invite (userdoccers, resources/guild)."""

SILENT: Final = frozenset({0, 5, 6})
"""Sources that without a code say nothing: unspecified, or an invite that is not named."""

MOST_GAPS: Final = 20


def pin_of(found: MemberSearched, book: CodeBook, said: Outcome | None = None) -> Pin | None:
    """Read Discord's record of a join; None where it says nothing.

    `said` is the word on record. Where it names the same code and that is forgotten by now, its
    inviter stands: for an invite that Usher made Discord names the bot.
    """
    if found.code is not None:
        if found.source == VANITY_SOURCE:
            return _confirmed(Kind.VANITY, found, VANITY)
        state = book.get(found.code)
        made_for = state.made_for if state else _inviter_in(said, found)
        inviter = made_for or found.inviter_id or (state.inviter_id if state else None)
        return _confirmed(Kind.INVITE, found, inviter)
    if found.source in SILENT:
        return None
    kind = Kind.BOT if found.person.bot else KINDS.get(found.source, Kind.UNKNOWN)
    return _confirmed(kind, found, None)


def _inviter_in(said: Outcome | None, found: MemberSearched) -> UserId | None:
    if isinstance(said, Attributed) and said.code == found.code:
        return said.inviter_id
    return None


def _confirmed(kind: Kind, found: MemberSearched, inviter_id: UserId | None) -> Pin:
    return Pin(kind, found.code, inviter_id, Confidence.CONFIRMED, Method.MEMBERS_SEARCH)


def on_record(
    observation: Observation, book: CodeBook, words: Mapping[Membership, Outcome | None]
) -> dict[Membership, Pin]:
    """What Discord's own record, where the observation tells of it, makes known of joins."""
    known: dict[Membership, Pin] = {}
    for event in observation.events:
        if isinstance(event, MemberSearched):
            membership = event.person.user_id, event.joined_at
            pin = pin_of(event, book, words.get(membership))
            if pin is not None:
                known[membership] = pin
    return known


def pins(
    recorded: dict[Membership, Pin],
    added: Iterable[Adding],
    held: Iterable[OpenJoin],
    words: Mapping[Membership, Outcome | None],
) -> tuple[dict[Membership, Pin], tuple[Adding, ...]]:
    """What is known of joins by Discord's record and by whom Usher added.

    `held` are joins whose evidence is at hand, `words` what was said of others. The second result
    is who was added and has not been seen joining yet.
    """
    joins = {(join.person.user_id, join.joined_at): join for join in held}
    before = {membership: join.pin for membership, join in joins.items() if join.pin is not None}
    said = {**words, **{membership: join.outcome for membership, join in joins.items()}}
    seen = pins_of(added, [*joins, *recorded], {**before, **recorded})
    told = recorded | {membership: pin for membership, (_, pin) in seen.items()}
    known = {m: pin for m, pin in told.items() if not stands(said.get(m), pin)}
    found = {one for membership, (one, _) in seen.items() if membership in said}
    return known, tuple(one for one in added if one not in found)


def with_what_happened(head: Head, observation: Observation) -> tuple[Head, bool]:
    """Note absences and own deeds; say whether the evidence begins after an absence."""
    gaps = head.gaps
    if observation.gap and head.seen_at is not None:
        began = head.seen_at
        ended = max(observation.at, began)
        gaps = (*gaps, (began, ended))[-MOST_GAPS:]
    added = waiting(head.added, observation.events, observation.at)
    since, seen_at = head.since, head.seen_at
    if not _beside_the_gateway(observation):
        since = since or observation.at
        seen_at = max(observation.at, seen_at or observation.at)
    noted = replace(head, since=since, gaps=gaps, added=added, seen_at=seen_at)
    return noted, head.gap or observation.gap


BESIDE: Final = (
    *(MemberSearched, ImportEnded, CodesDue, InviteTargeted, MemberAdded),
    *(InvitesGranted, SettingChanged, UpgradeAssigned, RecountAsked),
    *(LinesUnbooked, MemberMissing),
)
"""Events that reach the queue without the listener."""


def _beside_the_gateway(observation: Observation) -> bool:
    """Whether it tells of nothing that shows the listener's presence."""
    looked = observation.look is not None or observation.vanity is not None
    events = observation.events
    return (
        bool(events)
        and not looked
        and not observation.gap
        and all(isinstance(event, BESIDE) for event in events)
    )


def recovered(
    head: Head, events: Iterable[GatewayEvent], known: Mapping[Membership, object]
) -> list[MemberJoined]:
    """Members found who joined during an absence and were never recorded."""
    missed: dict[Membership, MemberJoined] = {}
    for event in events:
        if isinstance(event, MemberFound | MemberSearched):
            membership = (event.person.user_id, event.joined_at)
            if membership not in known and _in_a_gap(head, event):
                missed[membership] = MemberJoined(event.person, event.joined_at, event.at)
    return list(missed.values())


def imported(
    head: Head, observation: Observation, known: Container[Membership]
) -> list[MemberSearched]:
    """Members told by an import whose joins were never recorded.

    Who joined just now, while Usher watches, is left to what the listener sees.
    """
    since = head.since or observation.at
    found: dict[Membership, MemberSearched] = {}
    for event in observation.events:
        if isinstance(event, MemberSearched) and event.imported:
            membership = (event.person.user_id, event.joined_at)
            old = event.joined_at < max(since, observation.at - LAG)
            if old and membership not in known:
                found.setdefault(membership, event)
    return list(found.values())


def _in_a_gap(head: Head, found: MemberFound | MemberSearched) -> bool:
    """Whether who was found joined in an absence that was over by then.

    Who is found before an absence is told is found again after it.
    """
    joined_at = found.joined_at
    if head.since is None or joined_at < head.since:
        return False
    return any(
        began - LAG <= joined_at <= ended + IN_FLIGHT and ended <= found.at
        for began, ended in head.gaps
    )
