"""What the synchronisation tells, and what it asks of the world (SPEC 3.5)."""

from typing import Protocol

from usher.attribution.sync import Difference
from usher.frozen import frozen
from usher.ids import GuildId


class LookError(Exception):
    """Discord did not show the invites."""


class LookRefusedError(LookError):
    """Discord refuses the list: a permission is missing."""


class LookLimitedError(LookError):
    """Discord asks to wait."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"{retry_after} s")
        self.retry_after = retry_after
        """Seconds."""


class TokenRefusedError(LookError):
    """Discord refuses the bot's token: only the operator can help."""


class LookUnavailableError(LookError):
    """Discord did not answer, or not with a list."""


@frozen
class Comparison:
    """Discord's invites against ours."""

    listed: int
    """Codes that Discord lists, the vanity code among them."""
    active: int
    """Codes that we hold for active."""
    differences: tuple[Difference, ...]
    hidden: bool = False
    """Discord shows the codes without their uses."""


@frozen
class Repaired:
    """What a repair came to."""

    repaired: tuple[Difference, ...]
    left: tuple[Difference, ...]
    """Differences that still stand."""


class Syncs(Protocol):
    """Compares and repairs. Methods may raise LookError and errors of the stores."""

    def compare(self, guild_id: GuildId) -> Comparison:
        """Ask Discord and compare."""
        ...

    def repair(self, guild_id: GuildId, repair_id: str) -> Repaired | None:
        """Ask Discord and have its answer taken over; None when that will be done later.

        `repair_id` names this repair: the same again is done once.
        """
        ...
