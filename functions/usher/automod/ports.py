"""What automod and the raid watch ask of the world."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from usher.automod.model import Policy
from usher.automod.raids import Config, Window
from usher.contracts.effect import Effect
from usher.ids import GuildId, UserId


class Wishes(Protocol):
    """What servers want done. Methods may raise AwsError."""

    def policies(self, guild_id: GuildId) -> Mapping[str, Policy]:
        """Read what is done about each rule, by its id."""
        ...

    def raid(self, guild_id: GuildId) -> Config | None:
        """Read what counts as a raid; None where nobody watches."""
        ...


class CatchTable(Protocol):
    """Who was caught by what of late. May raise AwsError."""

    def first(
        self, guild_id: GuildId, rule_id: str, user_id: UserId, at: datetime, key: str
    ) -> bool:
        """Whether this is the first event of a catch; the same key again gives the same answer."""
        ...


class WindowTable(Protocol):
    """The joins of late. May raise AwsError."""

    def load(self, guild_id: GuildId) -> Window:
        """Read a guild's window, consistently; an empty one where there is none."""
        ...

    def save(self, guild_id: GuildId, window: Window) -> bool:
        """Write the next version of a window; False where somebody else was quicker."""
        ...


class Gate(Protocol):
    """The guild's door. Methods may raise DeskError."""

    def paused_until(self, guild_id: GuildId) -> datetime | None:
        """Read until when Discord lets nobody in by an invite; None for not at all."""
        ...

    def pause(self, guild_id: GuildId, until: datetime | None, reason: str) -> None:
        """Pause invites and direct messages among strangers until then; None for no more."""
        ...


class Orders(Protocol):
    """The effects queue. Raises an error of the queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over."""
        ...
