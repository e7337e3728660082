"""Sending deeds along the road of the joins, and waiting until they are done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from usher.attribution.touched import whole_id
from usher.contracts.deeds import Deed
from usher.contracts.observation import Observation
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads

PAUSES: Final = (0.1, 0.1, 0.2, 0.3, *([0.5] * 14))
"""Seconds between looks at whether the event worker is done: eight in all."""


class Events(Protocol):
    """The queue to the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an AWS error."""
        ...


@dataclass(frozen=True, slots=True)
class DeedRoad:
    """Implements the commands' `Deeds`."""

    events: Events
    table: DynamoReads
    clock: Callable[[], datetime]
    pause: Callable[[float], None]

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """Have deeds of one interaction done; False when they will be done later.

        The same deeds again are done once. Raises AWS errors when they could not be sent.
        """
        observation = Observation(
            f"deed.{deeds[0].id}", guild_id, self._name_of(guild_id), self.clock(), deeds
        )
        self.events.send(observation)
        mark = (f"E#{whole_id(observation)}", "E")
        for seconds in PAUSES:
            self.pause(seconds)
            if self.table.get(mark, consistent=True) is not None:
                return True
        return False

    def _name_of(self, guild_id: GuildId) -> str:
        """Read the guild's name as last seen: an observation carries it."""
        head = self.table.get((f"G#{guild_id}", "HEAD"))
        return str(head.get("guild_name") or "") if head else ""
