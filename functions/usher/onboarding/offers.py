"""Having a member sent the button of an onboarding while a program waits (SPEC 5.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from usher.contracts.onboarding_effects import OfferOnboarding
from usher.onboarding.ports import Orders, Outcomes

LOOKS: Final = 20
PAUSE_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Offers:
    """Hands an offer to the effects function, and looks for some seconds what became of it."""

    orders: Orders
    outcomes: Outcomes
    pause: Callable[[float], None]

    def offer(self, order: OfferOnboarding) -> tuple[str, str] | None:
        """Return what became of it, and the channel if any; None for what takes longer.

        Raises errors of queue and table.
        """
        self.orders.send([order])
        for _ in range(LOOKS):
            found = self.outcomes.find(order.guild_id, order.id)
            if found is not None:
                return found
            self.pause(PAUSE_SECONDS)
        return None
