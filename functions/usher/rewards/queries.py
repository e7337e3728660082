"""What can be asked about rewards, and the Protocols of what commands call."""

from datetime import datetime
from typing import Protocol

from usher.asking import Deeds
from usher.contracts.deeds import SettingChanged
from usher.credit.queries import CreditReads
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.rewards.hierarchy import Hall
from usher.rewards.problems import Problem
from usher.rewards.settings import RewardSettings
from usher.slash.context import Ctx


@frozen
class Achievement:
    """A milestone that a member has reached."""

    name: str
    at: datetime


class RewardReads(Protocol):
    """Rewards as commands see them, consistently. Methods may raise an error of the store."""

    def settings(self, guild_id: GuildId) -> RewardSettings:
        """Read what the guild has set."""
        ...

    def achievements(self, guild_id: GuildId, user_id: UserId) -> tuple[Achievement, ...]:
        """Read a member's milestones, the oldest first."""
        ...

    def problems(self, guild_id: GuildId) -> tuple[Problem, ...]:
        """Read what keeps ranks from working."""
        ...


class Halls(Protocol):
    """Discord's roles."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it. May raise an error of Discord's."""
        ...


class Asked(Protocol):
    """What commands for members call."""

    @property
    def credit(self) -> CreditReads:
        """Counters."""
        ...

    @property
    def rewards(self) -> RewardReads:
        """Ranks and milestones."""
        ...


class Managed(Asked, Protocol):
    """What commands for managers call besides."""

    @property
    def deeds(self) -> Deeds:
        """What changes settings."""
        ...

    @property
    def halls(self) -> Halls:
        """Discord's roles."""
        ...


def put(ctx: Ctx[Managed], settings: dict[str, str | None]) -> bool:
    """Change settings by name; False when it will be done later."""
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, value, ctx.user_id, ctx.now)
        for name, value in settings.items()
    ]
    return ctx.services.deeds.do(ctx.guild_id, *deeds)
