"""What a decision changes in the table, as the store is given it. Pure."""

from dataclasses import replace

from usher.attribution.model import Decision, Stored
from usher.attribution.noticing import notices
from usher.attribution.plan import Part
from usher.attribution.ports import Change, GuildSettings, Loaded
from usher.contracts.observation import Observation
from usher.credit.rules import Members
from usher.greeting.rules import pending_joins
from usher.ledger.lines import join_id


def with_notices(change: Change, decision: Decision, settings: GuildSettings | None) -> Change:
    """Add what is to be told of codes, if anybody is to be told."""
    if settings is None or settings.notice_channel_id is None:
        return change
    said = notices(change.codes_before, decision.codes)
    return replace(change, notices=said, lead=settings.notice_lead)


def change_of(
    observation: Observation,
    loaded: Loaded,
    decision: Decision,
    stored: Stored,
    members: Members,
    parts: tuple[Part, ...],
) -> Change:
    """Put together what is written; the head is the next version of the one it was decided on."""
    version = stored.head.version + 1
    settings = version if any(part.settings for part in parts) else stored.head.settings
    return Change(
        guild_id=observation.guild_id,
        guild_name=observation.guild_name or loaded.guild_name,
        observation_id=observation.id,
        head=replace(decision.head, version=version, settings=settings),
        codes_before=stored.codes,
        members_before=members.before,
        parts=parts,
        pending=frozenset(
            join_id(observation.guild_id, *membership) for membership in pending_joins(observation)
        ),
    )
