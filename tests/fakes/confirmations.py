"""The confirmations queue in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.fuse import Fuse
from usher.contracts.confirmation import ConfirmationRequest


@dataclass
class FakeConfirmations:
    """Implements Confirmations and Requests."""

    fuse: Fuse = field(default_factory=Fuse)
    sent: list[tuple[ConfirmationRequest, int]] = field(default_factory=list)

    def send(self, requests: Sequence[tuple[ConfirmationRequest, int]]) -> None:
        self.fuse.step("confirmations", lambda: self.sent.extend(requests))

    def asked(self) -> set[tuple[str, str]]:
        """Who is asked for, however often: guild and user."""
        return {
            (request.guild_id, user_id) for request, _ in self.sent for user_id, _ in request.joins
        }
