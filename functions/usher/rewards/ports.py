"""What looking after ranks asks of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.effect import Effect
from usher.credit.queries import Tally
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.rewards.hierarchy import Hall, Obstacle
from usher.rewards.milestones import Day
from usher.rewards.problems import Problem
from usher.rewards.settings import RewardSettings


@dataclass(frozen=True, slots=True)
class Holder:
    """A member as far as roles go."""

    roles: frozenset[RoleId]
    pending: bool = False
    """They have yet to accept the server's rules; a role would let them past."""


@dataclass(frozen=True, slots=True)
class Inviters:
    """A page of members who have counters."""

    users: tuple[UserId, ...]
    after: str | None
    """Where the next page begins; None for no more."""


class Discord(Protocol):
    """Discord's side. Methods raise DiscordError but for the refusals that they return."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it. `fresh`: not as of seconds ago."""
        ...

    def holder(self, guild_id: GuildId, user_id: UserId) -> Holder | None:
        """Read a member; None for who is none."""
        ...

    def change_role(
        self, guild_id: GuildId, user_id: UserId, role_id: RoleId, *, present: bool, reason: str
    ) -> Obstacle | None:
        """Give a role or take it; say what was in the way. Who is no member is no obstacle."""
        ...

    def post(
        self, channel_id: ChannelId, message_id: str, content: str, mention: UserId | None = None
    ) -> bool:
        """Post a message, once for an id within minutes; False where Discord refuses."""
        ...


class Rows(Protocol):
    """The table's side; reads are consistent. Methods may raise an error of the store."""

    def settings(self, guild_id: GuildId) -> RewardSettings:
        """Read what the guild has set."""
        ...

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally | None:
        """Read a member's counters of all time; None for who has none."""
        ...

    def days(self, guild_id: GuildId, user_id: UserId) -> Sequence[Day]:
        """Read a member's counters of the last months' days."""
        ...

    def inviters(self, guild_id: GuildId, after: str | None, limit: int) -> Inviters:
        """Read who has counters, the highest first; eventually consistent."""
        ...

    def achieved(self, guild_id: GuildId, user_id: UserId) -> frozenset[str]:
        """Read which milestones of a member are recorded, by name."""
        ...

    def record(self, guild_id: GuildId, user_id: UserId, name: str, at: datetime) -> None:
        """Record a milestone; the first time stands."""
        ...

    def appointment(self, guild_id: GuildId, user_id: UserId) -> str | None:
        """Read when the clock has a member looked at, as text; None for never."""
        ...

    def appoint(self, guild_id: GuildId, user_id: UserId, at: datetime | None) -> None:
        """Have the clock have a member looked at; None for no more."""
        ...

    def problem(self, guild_id: GuildId, key: str) -> tuple[Problem | None, int]:
        """Read a problem that lasts, None for none, and how many were mended before."""
        ...

    def keep(self, guild_id: GuildId, problem: Problem) -> None:
        """Keep a problem, to be looked at again when it is due."""
        ...

    def close(self, guild_id: GuildId, problem: Problem) -> None:
        """Forget a problem."""
        ...


class Orders(Protocol):
    """The effects queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of the queue."""
        ...
