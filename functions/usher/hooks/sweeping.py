"""The sweep of deliveries and kept events whose time has come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from usher.contracts.hook_order import Deliver, HookOrder, TellKept
from usher.hooks.ports import Orders
from usher.hooks.shards import HOOK_SHARDS, HOOKS, KEPT
from usher.times import format_time
from usher.timing.due import Due, DueIndex
from usher.timing.sweeping import Report

MOST: Final = 500
"""Rows of a shard in one sweep; the rest follow a minute later."""


@dataclass(frozen=True, slots=True)
class HookSweep:
    """Orders what is due. Repeating a sweep, or two at once, change nothing."""

    index: DueIndex
    orders: Orders
    clock: Callable[[], datetime]

    def run(self) -> Report:
        """Order everything that is due; raises errors of the table and of the queue."""
        now = self.clock()
        rows = [row for shard in HOOK_SHARDS for row in islice(self.index.due(shard, now), MOST)]
        found = [*_orders(rows)]
        self.orders.order(found)
        late = max((now - row.at for row in rows), default=timedelta())
        return Report(len(found), len(rows) - len(found), late)


def _orders(rows: list[Due]) -> Iterator[HookOrder]:
    for row in rows:
        if not row.key.startswith(HOOKS):
            continue
        part, _, key = row.key.removeprefix(HOOKS).partition("#")
        if part == KEPT:
            yield TellKept(row.guild_id, key)
        else:
            yield Deliver(row.guild_id, part, key, format_time(row.at))
