"""When a listener looks again: it counts joins and uses, and knows nobody's use.

A last look serves all joins of some seconds. What was planned is forgotten when counting explains
every join, and by a process that ends.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.simulator.clock import MINUTE

AGAIN = (2_000, 10_000)
"""Looks after one that did not explain every join."""
LAST = 585_000
"""From a look to the last one for joins that it did not explain, and from an absence's end:
who is found then may have joined in its last moment."""
APART = 10_000
"""Last looks nearer than this to one another are one."""
DOUBTED = 10 * MINUTE
"""For so long after an absence every join keeps its last look."""

type Shown = tuple[list[dict[str, Any]], int]
"""A list of invites, and the vanity counter."""


@dataclass
class Planning:
    """What one process has counted and planned."""

    lag: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    _before: Shown | None = None
    _unexplained: int = 0
    _returned: bool = True
    _doubted_until: int = 0

    def lost(self) -> None:
        """Nobody listened for a time."""
        self._before, self._returned = None, True

    def next(self) -> int | None:
        """When to look again, if nothing happens."""
        return min([*self.lag, *self.last], default=None)

    def made(self, at: int) -> None:
        """A look is made, whatever it shows."""
        self.lag = [moment for moment in self.lag if moment > at]
        self.last = [moment for moment in self.last if moment > at]

    def looked(self, at: int, shown: Shown, joins: int, ended: list[str]) -> None:
        """Take a good look, `joins` people and the ends of invites that were heard before it."""
        fresh = joins - sum(not self._listed(code) for code in ended)
        seen = self._visible(shown)
        self._before = shown
        self._unexplained = max(0, self._unexplained + fresh - seen)
        if not self._unexplained:
            self.lag = []
        elif fresh > seen:
            last = _with_last([moment for moment in self.lag if moment > at + AGAIN[-1]], at)
            self.lag = [*(at + pause for pause in AGAIN), *last]
        elif fresh > 0:
            self.lag = _with_last(self.lag, at)
        elif not self.lag:
            self._unexplained = 0
        if self._returned:
            self._doubted_until = at + DOUBTED
        if self._returned or (fresh > 0 and at < self._doubted_until):
            self.last = _with_last(self.last, at)
        self._returned = False

    def _listed(self, code: str) -> bool:
        return self._before is None or any(row["code"] == code for row in self._before[0])

    def _visible(self, shown: Shown) -> int:
        """How many joins two looks can account for; an invite that is gone may be spent."""
        if self._before is None:
            return 0
        before = {str(row["code"]): row for row in self._before[0]}
        listed = {row["code"] for row in shown[0]}
        risen = sum(
            max(0, row["uses"] - before.get(row["code"], {"uses": 0})["uses"]) for row in shown[0]
        )
        spent = sum(
            max(0, row["max_uses"] - row["uses"])
            for code, row in before.items()
            if code not in listed and row["max_uses"]
        )
        return int(risen + spent) + max(0, shown[1] - self._before[1])


def _with_last(planned: list[int], at: int) -> list[int]:
    if not planned or at + LAST >= planned[-1] + APART:
        return [*planned, at + LAST]
    return planned
