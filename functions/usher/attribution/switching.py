"""Setting something of a guild's on from a door that is no command's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
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


@dataclass(frozen=True, slots=True)
class Switch:
    """Sets one setting along the road of all settings, unless it is set."""

    setting: str
    """Its name, `guild#webhooks` for one."""
    is_set: Callable[[GuildId], bool]
    events: Events
    names: Names
    clock: Callable[[], datetime]

    def on(self, guild_id: GuildId, by: str) -> None:
        """Set it; `by` is who asks, and the guild itself for who is no user."""
        if self.is_set(guild_id):
            return
        now = self.clock()
        who = UserId(by if by.isdecimal() else guild_id)
        id_ = f"{self.setting.partition('#')[2]}.{format_time(now)}"
        deed = SettingChanged(id_, self.setting, "on", who, now)
        name = self.names.name_of(guild_id)
        self.events.send(Observation(f"deed.{deed.id}", guild_id, name, now, (deed,)))
