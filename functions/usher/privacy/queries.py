"""What members ask of what is kept of them (SPEC 11.8)."""

from datetime import datetime
from typing import Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.ledger.erasure import Erasure
from usher.onboarding.model import Record


@frozen
class KeptName:
    """What somebody was called, as it is kept beside one line of the ledger."""

    joined_at: datetime | None
    """Of the join that it stands beside: their own, or that of somebody they invited."""
    username: str
    display_name: str = ""
    discriminator: str = ""
    inviter: bool = False
    """It stands beside the join of somebody they invited."""


@frozen
class Kept:
    """What is kept beside the ledger."""

    names: tuple[KeptName, ...] = ()
    """Those beside their own joins, then others, each newest first."""
    unread: int = 0
    """How many more there are."""
    joins: tuple[datetime, ...] = ()
    """When they joined, as far as it was read, newest first."""
    erasure: Erasure | None = None
    """When they were erased last."""
    swept_at: datetime | None = None
    """When what was stored was destroyed; None for not yet."""
    answers: tuple[Record, ...] = ()
    """What they have answered when they came, newest first."""


class Privacy(Protocol):
    """What is kept of one person in one guild. Methods may raise errors of the bucket."""

    def kept(self, guild_id: GuildId, user_id: UserId, most: int) -> Kept:
        """Read what is kept beside the ledger: at most so many names."""
        ...

    def lines(self, guild_id: GuildId, user_id: UserId) -> list[dict[str, object]]:
        """Read the ledger's lines about somebody, oldest first; raises TooLongError.

        Ids of others are left out, but for who invited them.
        """
        ...

    def erase(self, erasure: Erasure) -> None:
        """Have somebody erased: at once for all who look, within a day in what is stored."""
        ...
