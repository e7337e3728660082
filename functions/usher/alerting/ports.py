"""What alerts need of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.alerting.model import Board
from usher.alerting.words import Rendered


class HeldError(Exception):
    """Another run is telling; its turn ends soon."""


class StaleError(Exception):
    """Another run has taken over: it was longer than its turn."""


class ChannelGoneError(Exception):
    """The webhook is missing or was deleted: somebody must make another."""


class MessageGoneError(Exception):
    """The message was deleted."""


class ContentRefusedError(Exception):
    """Discord takes the webhook, but not this content."""


class ChannelUnavailableError(Exception):
    """Discord is out of reach, failing or limiting; later may work."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    name: str
    content: bytes
    content_type: str = "image/png"


class Channel(Protocol):
    """The channel, through its webhook.

    Raises ChannelGoneError, ContentRefusedError and ChannelUnavailableError.
    """

    def post(self, rendered: Rendered, file: File | None = None) -> str:
        """Post a message and return its id."""
        ...

    def edit(self, message_id: str, rendered: Rendered) -> None:
        """Change a message; raises MessageGoneError."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """The board, held for one run."""

    board: Board
    version: int
    until: datetime
    """When the turn ends by itself."""


class Boards(Protocol):
    """The board's row. Every method may raise AwsError."""

    def hold(self, now: datetime) -> Held:
        """Take the board for a turn; raises HeldError."""
        ...

    def save(self, held: Held, board: Board) -> Held:
        """Write the board; raises StaleError where the turn was lost."""
        ...

    def release(self, held: Held) -> None:
        """End the turn; raises StaleError."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """An incident as it is remembered for reports."""

    alarm: str
    began: datetime
    ended: datetime | None
    times: int
    """How often the alarm rang in it; 0 where it was found to be part of another."""


class Archive(Protocol):
    """Incidents of the last months. Every method may raise AwsError."""

    def keep(self, incidents: Sequence[Past]) -> None:
        """Write incidents, over what was known of them."""
        ...

    def between(self, first: datetime, last: datetime) -> Sequence[Past]:
        """Read the incidents that began from `first` to before `last`, oldest first."""
        ...
