"""Having a guild's events told, from a door that is no command's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.hooks.managing import WEBHOOKS
from usher.ids import GuildId, UserId
from usher.times import format_time


class Events(Protocol):
    """The road to the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an error of its queue."""
        ...


class Names(Protocol):
    """Knows guilds' names."""

    def name_of(self, guild_id: GuildId) -> str:
        """Read a guild's name as last seen."""
        ...


class Wanted(Protocol):
    """Knows which guilds have webhooks."""

    def wanted(self, guild_id: GuildId) -> bool:
        """Whether the guild has webhooks."""
        ...


@dataclass(frozen=True, slots=True)
class HookSwitch:
    """Sets the guild's setting along the road of all settings."""

    events: Events
    names: Names
    hooks: Wanted
    clock: Callable[[], datetime]

    def on(self, guild_id: GuildId, by: str) -> None:
        """Have events told; `by` is who asks, and the guild itself for who is no user."""
        if self.hooks.wanted(guild_id):
            return
        now = self.clock()
        who = UserId(by if by.isdecimal() else guild_id)
        deed = SettingChanged(f"webhooks.{format_time(now)}", WEBHOOKS, "on", who, now)
        name = self.names.name_of(guild_id)
        self.events.send(Observation(f"deed.{deed.id}", guild_id, name, now, (deed,)))
