"""What the confirmer's door gives its messages to."""

from collections.abc import Callable, Sequence
from typing import Protocol

from usher.attribution.backfill_ports import BackfillReport
from usher.attribution.confirming_ports import ConfirmingReport
from usher.contracts.backfill import BackfillStep
from usher.contracts.confirmation import ConfirmationRequest
from usher.contracts.recount import RecountStep
from usher.credit.recount_ports import RecountReport


class Service(Protocol):
    """What requests of one guild are given to."""

    def handle(
        self, requests: Sequence[ConfirmationRequest], may_ask: Callable[[], bool] = ...
    ) -> ConfirmingReport:
        """Answer requests, or see to it that they are asked again."""
        ...

    def postpone(self, requests: Sequence[ConfirmationRequest], seconds: float) -> ConfirmingReport:
        """Put requests off without asking."""
        ...


class Backfilling(Protocol):
    """What steps of backfills are given to."""

    def handle(self, step: BackfillStep) -> BackfillReport:
        """Do a step, or see to it that it is done later."""
        ...

    def postpone(self, step: BackfillStep, seconds: float) -> BackfillReport:
        """Put a step off without asking."""
        ...


class Recounting(Protocol):
    """What steps of recounts are given to."""

    def handle(self, step: RecountStep) -> RecountReport:
        """Do a step, or see to it that it is done later."""
        ...
