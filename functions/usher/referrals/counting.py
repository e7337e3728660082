"""By which link a member came, as the table knows it when it is looked at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from usher.contracts.effect import CountReferral
from usher.ids import GuildId, UserId
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError

ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Arrival:
    """A membership, and the link it came by."""

    user_id: UserId
    joined_at: datetime
    link: LinkCode | None


class JoinRows(Protocol):
    """Joins as attributed and as counted. Every method may raise AwsError."""

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        """Read a member's latest membership, and by which link it came; None for nobody known."""
        ...

    def counted(self, guild_id: GuildId, arrival: Arrival) -> LinkCode | None:
        """Read for which link a membership is counted."""
        ...

    def count(self, guild_id: GuildId, arrival: Arrival, before: LinkCode | None) -> None:
        """Count a membership for its link, and for the one before no more.

        Raises StaleError where somebody else was at it meanwhile.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReferralCounting:
    """Counts each membership for the link it came by: once, however often it is looked at."""

    rows: JoinRows

    def check(self, order: CountReferral) -> None:
        """Look at one member; raises StaleError when others would not stop, and AwsError."""
        for attempt in range(1, ATTEMPTS + 1):
            arrival = self.rows.arrival(order.guild_id, order.user_id)
            if arrival is None:
                return
            before = self.rows.counted(order.guild_id, arrival)
            if before == arrival.link:
                return
            try:
                self.rows.count(order.guild_id, arrival, before)
            except StaleError:
                if attempt == ATTEMPTS:
                    raise
            else:
                return
