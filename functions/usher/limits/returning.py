"""Giving messages back to their queue until Discord may be asked, without losing one.

A queue counts how often a message was received, and puts aside what comes too often. So a message
is hidden for as long as it must wait, and before its receives are used up it is sent anew. Both
copies are there for a moment, or for good where the process ends in between: a mark, claimed once,
says which one counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final, Protocol

MOVE_AT: Final = 3
"""Receives after which a message is sent anew: two less than the fewest that a queue allows."""
LONGEST_HIDING: Final = 42_000
"""Seconds; SQS hides a message for 12 hours at most, from when it was received."""
LONGEST_DELAY: Final = 900
"""Seconds that SQS holds a new message back at most."""
COPY: Final = "copy"
"""Who a copy is to its move: SQS names it anew when it is put back from the dead letters.

Where the sending of a copy was repeated for want of an answer there are two, and both count: what
is done here twice within minutes has the effect of once.
"""
FIRST_OUTAGE: Final = 15.0
LONGEST_OUTAGE: Final = 120.0
"""Seconds. A call without an answer may have been heard: while it is made again this soon, Discord
knows the message's nonce (Create Message: the past few minutes)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was received."""

    id: str
    body: str
    receipt: str
    receives: int = 1
    moved_from: str | None = None
    """Which move it is the copy of."""
    waiting_since: float | None = None
    """Epoch seconds when it was received first, itself or what it is a copy of."""


class Queue(Protocol):
    """The queue that it came from. Methods may raise errors of the queue."""

    def hide(self, receipt: str, seconds: int) -> None:
        """Let nobody see a message for so long from now."""
        ...

    def resend(self, message: Message, delay: int, move: str) -> None:
        """Send it anew, by a move."""
        ...


class Moves(Protocol):
    """Marks of moves. Methods may raise errors of the table."""

    def begin(self, move: str) -> None:
        """Note that a copy is about to be sent."""
        ...

    def claim(self, move: str, who: str, *, only_if_begun: bool) -> bool:
        """Be the one message of a move that counts; False where the other one is.

        With `only_if_begun` a move that was never noted is no obstacle, and stays unnoted.
        """
        ...


class Back(Protocol):
    """Gives messages back to their queue."""

    def counts(self, message: Message) -> bool:
        """Whether a message is to be worked on; raises errors of the table."""
        ...

    def give_back(self, message: Message, seconds: float) -> bool:
        """Let it come again after so long; True where the queue is done with this very message."""
        ...


@dataclass(frozen=True, slots=True)
class Returning:
    """Implements Back."""

    queue: Queue
    moves: Moves
    errors: tuple[type[Exception], ...]
    """What queue and table raise."""

    def counts(self, message: Message) -> bool:
        """Whether a message is to be worked on: it may be the copy that does not count.

        Raises errors of the table; the message is then to come again.
        """
        if message.moved_from is not None and not self.moves.claim(
            message.moved_from, COPY, only_if_begun=False
        ):
            return False
        if message.receives <= MOVE_AT:
            return True
        earlier = (_move(message.id, before) for before in range(MOVE_AT, message.receives))
        return all(self.moves.claim(move, message.id, only_if_begun=True) for move in earlier)

    def give_back(self, message: Message, seconds: float) -> bool:
        """Let it come again after so long; True where the queue is done with this very message."""
        wait = max(0, ceil(seconds))
        try:
            if message.receives < MOVE_AT:
                self.queue.hide(message.receipt, min(wait, LONGEST_HIDING))
                return False
            move = _move(message.id, message.receives)
            self.moves.begin(move)
            self.queue.resend(message, min(wait, LONGEST_DELAY), move)
        except self.errors:
            return False  # it comes again by itself
        return True


def waited(messages: Iterable[Message], now: float) -> float:
    """Tell how many seconds the one has waited that waits for the longest; 0 for none."""
    since = (one.waiting_since for one in messages if one.waiting_since is not None)
    return max(0.0, now - min(since, default=now))


def outage_wait(receives: int, chance: float = 1.0) -> float:
    """Seconds until a call is made again that Discord did not answer.

    `chance`, from 0 to 1, spreads those that failed together over the second half of it.
    """
    doubled = FIRST_OUTAGE * (1 << min(receives - 1, 8))
    return min(LONGEST_OUTAGE, doubled) * (1 + chance) / 2


def _move(message_id: str, receives: int) -> str:
    return f"{message_id}.{receives}"
