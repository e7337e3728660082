"""What a report counts of each staff member."""

from collections.abc import Sequence
from typing import Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.ledger.options import Wanted


@frozen
class Referrals:
    """What one staff member brought."""

    user_id: UserId
    joined: int = 0
    """Joins of which they are the inviter, by the last word on each."""
    left: int = 0
    """Of these, memberships that have ended."""
    unpaired: int = 0
    """Uses of their codes that belong to no single join: several fit."""

    @property
    def present(self) -> int:
        """Of the joins, those who are still there."""
        return self.joined - self.left

    @property
    def total(self) -> int:
        """Everybody that they brought."""
        return self.joined + self.unpaired


class Reports(Protocol):
    """Counts referrals. May raise TooLongError and errors of the bucket."""

    def referrals(
        self, guild_id: GuildId, wanted: Wanted, staff: Sequence[UserId]
    ) -> tuple[Referrals, ...]:
        """Count, most first; zeros for who referred nobody."""
        ...
