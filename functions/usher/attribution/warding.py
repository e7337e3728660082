"""What an observation tells moderation, once it is taken in."""

from collections.abc import Iterator
from dataclasses import dataclass

from usher.attribution.ports import Effects, Guilds, GuildSettings
from usher.automod.observed import came, caught
from usher.contracts.automod import AutomodActed
from usher.contracts.effect import Effect
from usher.contracts.observation import MemberJoined, Observation
from usher.moderation.observed import by_hand, returns


@dataclass(frozen=True, slots=True)
class Warden:
    """Sends what moderation has to look at. Sending it again has the effect of once."""

    guilds: Guilds
    effects: Effects

    def tell(self, observation: Observation) -> int:
        """Tell of acts by hand and of members who came; return how many effects were sent."""
        told = 0
        for order, delay in by_hand(observation):
            self.effects.send([order], delay)
            told += 1
        if not any(isinstance(event, MemberJoined | AutomodActed) for event in observation.events):
            return told
        wanted = [*_wanted(observation, self.guilds.settings(observation.guild_id))]
        if wanted:
            self.effects.send(wanted)
        return told + len(wanted)


def _wanted(observation: Observation, settings: GuildSettings) -> Iterator[Effect]:
    """Write what the server's settings ask for."""
    if settings.mutes:
        yield from returns(observation)
    if settings.automod:
        yield from caught(observation)
    if settings.raids and (watched := came(observation)) is not None:
        yield watched
