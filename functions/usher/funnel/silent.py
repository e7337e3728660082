"""What stands where nobody is told of conversions."""

from usher.funnel.model import Journey


class Silent:
    """Implements Teller: nobody is told."""

    def conversion_recorded(self, journey: Journey) -> None:
        """Tell nobody."""
