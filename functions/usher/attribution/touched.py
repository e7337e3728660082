"""What of a guild's state an observation touches. Pure."""

from usher.attribution.model import Head, Membership
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import (
    AuditEntry,
    CodesDue,
    GatewayEvent,
    ImportEnded,
    InviteCreated,
    InviteDeleted,
    InviteTargeted,
    MemberFound,
    MemberJoined,
    MemberSearched,
    MemberUpdated,
    Observation,
)
from usher.ids import InviteCode
from usher.invites.notes import made_for
from usher.ledger.lines import event_id, join_id


def whole_id(observation: Observation) -> str:
    """Name the event that an observation as a whole is."""
    return observation_event_id(observation.guild_id, observation.id)


def observation_event_id(guild_id: str, observation_id: str) -> str:
    """Name the event that an observation as a whole is, by its parts."""
    return event_id("observation", guild_id, observation_id)


def gap_id(guild_id: str, message_id: str) -> str:
    """Name the event that a message of a guild could never be read."""
    return event_id("gap", guild_id, message_id)


def join_ids(observation: Observation) -> dict[Membership, str]:
    """Name the observation's joins: each membership once, in order of its first event."""
    return {
        (event.person.user_id, event.joined_at): join_id(
            observation.guild_id, event.person.user_id, event.joined_at
        )
        for event in observation.events
        if isinstance(event, MemberJoined | MemberFound | MemberSearched)
    }


def only_updates(observation: Observation) -> bool:
    """Whether there is nothing to decide, record or count: members' updates and no more."""
    looked = observation.look is not None or observation.vanity is not None
    if looked or observation.gap or not observation.events:
        return False
    return all(isinstance(event, MemberUpdated) for event in observation.events)


def searched_memberships(observation: Observation) -> set[Membership]:
    """Name the memberships of which Discord's record tells, whose word on record may change."""
    return {
        (event.person.user_id, event.joined_at)
        for event in observation.events
        if isinstance(event, MemberSearched)
    }


def needs_all_codes(observation: Observation) -> bool:
    """Whether codes that are not named matter too.

    A whole list shows which have vanished, and the end of an import is about every count.
    """
    look = observation.look
    ended = any(isinstance(event, ImportEnded) for event in observation.events)
    return ended or (look is not None and look.ok and look.full)


def codes_named(observation: Observation, head: Head) -> set[InviteCode]:
    """Name the codes that an observation and the evidence still open may need."""
    names = {use.code for use in head.open.uses}
    for event in observation.events:
        names.update(_named_by(event))
    if observation.look is not None:
        names.update(row.code for row in observation.look.rows)
        names.update(observation.look.gone)
    if observation.vanity is not None and observation.vanity.code is not None:
        names.add(observation.vanity.code)
    if head.vanity_code is not None:
        names.add(head.vanity_code)
    return {name for name in names if name}


def _named_by(event: GatewayEvent) -> tuple[InviteCode, ...]:
    match event:
        case InviteCreated(invite=row):
            return (row.code,)
        case InviteDeleted(code=code) | InviteTargeted(code=code):
            return (code,)
        case CodesDue(codes=codes):
            return codes
        case MemberSearched(code=code) | AuditEntry(code=code):
            return () if code is None else (code,)
        case SettingChanged(name=name, value=value):
            made = made_for(name, value)
            return () if made is None else made[:1]
        case _:
            return ()
