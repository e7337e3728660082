"""What an observation tells moderation, once it is taken in."""

from dataclasses import dataclass

from usher.attribution.ports import Effects, Guilds
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
        came = any(isinstance(event, MemberJoined) for event in observation.events)
        if came and self.guilds.settings(observation.guild_id).mutes:
            checks = [*returns(observation)]
            self.effects.send(checks)
            told += len(checks)
        return told
