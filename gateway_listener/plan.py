"""How many shards the bot has: all its listeners agree on it, by one row.

Another number of shards means other sessions: none of the old ones can be resumed. The row says
until when those had heard everything, so that the new ones read what was missed since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from gateway_listener.lease import Lease, LeaseTable, TableOutError
from gateway_listener.progress import SessionPoint

SLACK: Final = 2
"""A number stays until Discord recommends so many times more or less: it recommends some 1,000
guilds a shard and refuses more than 2,500 (gateway: Sharding), and processes that start at
different times must not disagree."""
TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The row."""

    count: int
    since: datetime | None = None
    """Until when everything had been heard as the number was changed; None where it never was."""


class PlanTable(Protocol):
    """Keeps the row. Calls block, and may raise TableOutError."""

    def plan(self) -> Plan | None:
        """Read the row as it is now."""

    def replace_plan(self, held: Plan | None, wanted: Plan) -> bool:
        """Write `wanted`, if the row still has `held`'s number; tell whether."""


def wanted_count(setting: int | None, recommended: int, planned: int | None) -> int:
    """Choose the number of shards: the setting, or what Discord recommends, roughly."""
    if setting is not None:
        return setting
    if planned is not None and planned <= SLACK * recommended and recommended <= SLACK * planned:
        return planned
    return recommended


def agree(
    table: PlanTable,
    leases_of: Callable[[int], LeaseTable],
    setting: int | None,
    recommended: int,
) -> Plan:
    """Read the plan, or change it first. Blocks; raises TableOutError."""
    for _ in range(TRIES):
        held = table.plan()
        count = wanted_count(setting, recommended, None if held is None else held.count)
        if held is not None and held.count == count:
            return held
        since = None if held is None else heard_until(held, leases_of(held.count).leases())
        wanted = Plan(count, since)
        if table.replace_plan(held, wanted):
            return wanted
    raise TableOutError("contested")


def heard_until(plan: Plan, leases: Mapping[int, Lease]) -> datetime | None:
    """Tell until when all guilds had been heard under a plan: until its earliest shard had."""
    points = [leases[shard].point for shard in range(plan.count) if shard in leases]
    moments = [point.alive_at for point in points if point is not None]
    if plan.since is not None and len(moments) < plan.count:
        moments.append(plan.since)
    return min(moments, default=None)


def first_point(point: SessionPoint | None, plan: Plan) -> SessionPoint | None:
    """Tell where a shard begins: at its own last point, or where the shards before it ended.

    A session of long ago heard nothing while another number of shards was in use, but those did.
    """
    if plan.since is None:
        return point
    if point is None:
        return SessionPoint(plan.since)
    return replace(point, alive_at=max(point.alive_at, plan.since))
