"""What an observation tells of spam and raids. Pure."""

from collections.abc import Iterator
from hashlib import sha256

from usher.automod.raids import Join, likeness_of, write_join
from usher.contracts.automod import AutomodActed
from usher.contracts.guarding import ReactToAutomod, WatchRaid
from usher.contracts.observation import MemberJoined, Observation
from usher.times import format_time


def caught(observation: Observation) -> Iterator[ReactToAutomod]:
    """Write whom Discord's rules have caught; the same again is the same id."""
    for event in observation.events:
        if isinstance(event, AutomodActed):
            at = format_time(event.at)
            parts = (event.rule_id, event.user_id, str(event.action), at)
            yield ReactToAutomod(
                id=_id(observation, "automod", *parts),
                guild_id=observation.guild_id,
                rule_id=event.rule_id,
                user_id=event.user_id,
                at=at,
                channel_id=event.channel_id,
                keyword=event.keyword,
            )


def came(observation: Observation) -> WatchRaid | None:
    """Write who has come, without names; None for nobody."""
    joins = tuple(
        write_join(
            Join(
                event.person.user_id,
                event.joined_at,
                likeness_of(event.person.username, has_avatar=event.person.has_avatar),
            )
        )
        for event in observation.events
        if isinstance(event, MemberJoined) and not event.person.bot
    )
    id_ = _id(observation, "raid", observation.id)
    return WatchRaid(id_, observation.guild_id, joins) if joins else None


def _id(observation: Observation, *parts: str) -> str:
    return sha256("|".join((observation.guild_id, *parts)).encode()).hexdigest()[:25]
