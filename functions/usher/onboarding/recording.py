"""Telling the funnel how far members are."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from usher.onboarding.model import Stay
from usher.referrals.model import LinkCode


class Unrecorded:
    """Implements Recorder where nothing is counted."""

    def started(self, stay: Stay, at: datetime, claimed: LinkCode | None) -> None:
        """Count nothing."""

    def converted(
        self,
        stay: Stay,
        at: datetime,
        value: Decimal,
        metadata: Mapping[str, str | int],
        claimed: LinkCode | None,
    ) -> None:
        """Count nothing."""
