"""What the commands about the funnel call."""

from datetime import date
from typing import Protocol

from usher.frozen import frozen
from usher.funnel.chains import Chains
from usher.funnel.numbers import Numbers
from usher.funnel.ports import HeldRows, Reviews
from usher.referrals.asking import Services as ReferralServices
from usher.referrals.model import Counts


@frozen
class Picture:
    """What a chart of a funnel shows."""

    total: Counts
    days: tuple[tuple[date, Counts], ...]
    """Every day of the time, oldest first."""


class FunnelCharts(Protocol):
    """Draws."""

    def funnel(self, picture: Picture) -> bytes:
        """Draw a funnel as a PNG."""
        ...


@frozen
class FunnelDesk:
    """All that is asked of the funnel."""

    numbers: Numbers
    chains: Chains
    held: HeldRows
    reviews: Reviews
    charts: FunnelCharts


class Services(ReferralServices, Protocol):
    """What these commands call."""

    @property
    def funnel(self) -> FunnelDesk:
        """What was counted, and what waits."""
        ...
