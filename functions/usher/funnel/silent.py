"""What stands where nobody judges conversions, and nobody is told of them."""

from usher.funnel.model import Journey, Signal, Trace
from usher.referrals.model import Link


class Trusting:
    """Implements Judge: nothing speaks against anything."""

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Find nothing."""
        return ()


class Silent:
    """Implements Teller: nobody is told."""

    def conversion_recorded(self, journey: Journey) -> None:
        """Tell nobody."""
