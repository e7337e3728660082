"""The order to end something, brought to the room that knows how, once it is due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.contracts.effect import Effect, EndDue
from usher.times import parse_time
from usher.timing.terms import delay, read_key

PATIENCE: Final = timedelta(seconds=0.5)
"""What is early by less is waited for; anything else goes back to the queue."""

LONGEST_DELAY: Final = 900
"""Seconds that SQS keeps a message back (SQS: message timers)."""


class UnknownKindError(Exception):
    """Nobody knows how to end a term of this kind."""


class Handler(Protocol):
    """Ends the terms of some kinds."""

    def end(self, order: EndDue) -> bool:
        """End a term if its row still ends at the order's time, and has its version if it says one.

        Discord first, then the row, on condition of what was read: doing it twice, or two at once,
        has the effect of once. Returns whether something has ended by it. Raises DiscordError for
        what may work when it is tried again, and errors of the table.
        """
        ...


class Orders(Protocol):
    """The effects queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of the queue."""
        ...


class Gauge(Protocol):
    """Measures."""

    def ended(self, kind: str, late: timedelta) -> None:
        """Note how late a term ended."""
        ...

    def refused(self, kind: str) -> None:
        """Note that Discord refused to let one end."""
        ...


@dataclass(frozen=True, slots=True)
class Endings:
    """Does `EndDue`."""

    handlers: Mapping[str, Handler]
    """By kind."""
    orders: Orders
    gauge: Gauge
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    def end(self, order: EndDue) -> None:
        """End a term if it is due and the order still speaks of it; raises as its parts do."""
        kind, _ = read_key(order.key)
        handler = self.handlers.get(kind)
        if handler is None:
            raise UnknownKindError(kind)
        due_at, now = parse_time(order.due_at), self.clock()
        if due_at - now > PATIENCE:
            self.orders.send([order], min(LONGEST_DELAY, delay(due_at, now)))
            return
        self.sleep(max(0.0, (due_at - now).total_seconds()))
        if handler.end(order):
            self.gauge.ended(kind, self.clock() - due_at)
