"""The memberships that an observation tells of, beside those on record."""

from collections.abc import Iterable

from usher.attribution.adding import IN_FLIGHT
from usher.attribution.model import Membership, Stored
from usher.contracts.observation import (
    GatewayEvent,
    MemberAdded,
    MemberFound,
    MemberJoined,
    MemberSearched,
    Observation,
)


def recorded_in(stored: Stored) -> set[Membership]:
    """Memberships that have had their first word."""
    return {
        *stored.known,
        *((join.person.user_id, join.joined_at) for join in stored.head.open.joins),
    }


def new_joins(stored: Stored, events: Iterable[GatewayEvent]) -> list[MemberJoined]:
    """People's joins not recorded before, each membership once, in order of arrival."""
    seen = recorded_in(stored)
    fresh: list[MemberJoined] = []
    for event in events:
        if isinstance(event, MemberJoined):
            membership = (event.person.user_id, event.joined_at)
            if membership not in seen:
                seen.add(membership)
                fresh.append(event)
    return fresh


def concerned(stored: Stored, observation: Observation) -> set[Membership]:
    """Memberships whose word the observation may change, the open ones apart."""
    new = {(j.person.user_id, j.joined_at) for j in new_joins(stored, observation.events)}
    for event in observation.events:
        if isinstance(event, MemberFound | MemberSearched):
            new.add((event.person.user_id, event.joined_at))
        if isinstance(event, MemberAdded):
            new.add((event.user_id, event.at - IN_FLIGHT))  # their join may have been told before
    return new - {(join.person.user_id, join.joined_at) for join in stored.head.open.joins}
