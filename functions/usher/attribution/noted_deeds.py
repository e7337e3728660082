"""Deeds after which what is remembered of the guild is forgotten: who did them sees them."""

from dataclasses import dataclass
from typing import Protocol

from usher.contracts.deeds import Deed
from usher.contracts.observation import Observation
from usher.ids import GuildId


class Road(Protocol):
    """The road to the event worker."""

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """Have deeds done; False when they will be done later."""
        ...

    def carry(self, observation: Observation) -> bool:
        """Have an observation taken in; False when it will be taken in later."""
        ...

    def name_of(self, guild_id: GuildId) -> str:
        """Read the guild's name as last seen."""
        ...


class Memory(Protocol):
    """What is remembered, by partition."""

    def forget(self, group: str) -> None:
        """Throw away what is kept of a partition."""
        ...


@dataclass(frozen=True, slots=True)
class NotedDeeds:
    """Implements the commands' `Deeds` over another."""

    road: Road
    memory: Memory

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """Have deeds of one interaction done; False when they will be done later."""
        try:
            return self.road.do(guild_id, *deeds)
        finally:
            self.memory.forget(f"G#{guild_id}")

    def carry(self, observation: Observation) -> bool:
        """Have an observation taken in; False when it will be taken in later."""
        try:
            return self.road.carry(observation)
        finally:
            self.memory.forget(f"G#{observation.guild_id}")

    def name_of(self, guild_id: GuildId) -> str:
        """Read the guild's name as last seen."""
        return self.road.name_of(guild_id)
