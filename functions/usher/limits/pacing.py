"""Fifty calls a second for the whole bot, shared out among who makes them.

Functions whose number is bounded keep to a rate each; the others take calls out of one pot in the
table. See docs/decisions.md for the arithmetic.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from usher.limits.switch import Table

SLOT_SECONDS: Final = 0.25
"""The pot is filled this often: Discord counts seconds of its own, which begin at any time."""
A_SLOT: Final = 2
"""Calls of everybody who waits for an answer, in each slot."""
ALONE: Final = 2
"""Calls a second of each of those, where there is no pot: one member or visitor waits in each."""
EFFECTS: Final = 7
"""Calls a second of each of five."""
CONFIRMER: Final = 1
"""Calls a second of each of two."""
INTEGRITY: Final = 1
"""Calls a second of the one that compares."""


@dataclass(slots=True)
class Steady:
    """At most so many calls in any second. Implements Pace."""

    most: int
    sent: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Take a call, or tell when the next one may be taken."""
        while self.sent and self.sent[0] <= now - 1:
            self.sent.popleft()
        if len(self.sent) < self.most:
            self.sent.append(now)
            return 0.0
        return self.sent[0] + 1 - now


@dataclass(frozen=True, slots=True)
class Pot:
    """Calls out of the pot that many functions share. Implements Pace."""

    table: Table
    most: int = A_SLOT
    alone: Steady = field(default_factory=lambda: Steady(ALONE))
    """What a process keeps to while the table fails."""

    def wait(self, now: float) -> float:
        """Take a call, or tell when the pot is filled again."""
        slot = int(now / SLOT_SECONDS)
        nobody_knows: bool | None = None
        taken = self.table.ask(lambda shared: shared.token(slot, self.most), nobody_knows)
        if taken is None:
            return self.alone.wait(now)
        return 0.0 if taken else (slot + 1) * SLOT_SECONDS - now
