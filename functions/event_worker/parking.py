"""Poison messages: kept as they came, and the guild told that something went unseen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from usher.attribution.ports import StaleHeadError
from usher.ids import GuildId
from usher.ledger.keys import parked_prefix

ATTEMPTS: Final = 5


class Store(Protocol):
    """Where bodies are kept: the ledger's bucket, encrypted; they hold names."""

    def add(self, key: str, content: bytes) -> bool:
        """Write an object unless the key is taken."""
        ...


class Guilds(Protocol):
    """What is told of the gap."""

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        """Note that a message of the guild went unseen, once; False for a guild never seen."""
        ...


@dataclass(frozen=True, slots=True)
class Parking:
    """Puts poison aside."""

    store: Store
    guilds: Guilds
    pause: Callable[[float], None]

    def park(self, guild_id: GuildId | None, message_id: str, body: str) -> bool:
        """Keep a body, and mark the guild's gap; say whether a gap was marked.

        Raises errors of AWS, and StaleHeadError when other workers kept changing the guild.
        """
        key = f"{parked_prefix(guild_id)}{message_id}.json"
        self.store.add(key, body.encode("utf-8", "surrogatepass"))
        if guild_id is None:
            return False
        for attempt in range(1, ATTEMPTS):
            try:
                return self.guilds.mark_gap(guild_id, message_id)
            except StaleHeadError:
                self.pause(0.05 * 2**attempt)
        return self.guilds.mark_gap(guild_id, message_id)
