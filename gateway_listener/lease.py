"""Which listener has a shard: one row that a listener holds, renews, and gives up when it ends.

The row also keeps the point from which the next listener goes on with the session. Decisions only;
the fence number grows with every owner, so that one who was thought dead cannot write any more.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway_listener.progress import SessionPoint

RENEWALS: Final = 3
"""Renewals in the life of a lease: two may fail before it is lost."""
RESUMABLE: Final = timedelta(minutes=10)
"""Discord forgets sessions within minutes and does not say when; trying costs two seconds."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The row."""

    owner: str
    """Which process has, or last had, the shard."""
    fence: int
    """Counts the owners."""
    expires_at: datetime
    """Until when nobody else may have the shard."""
    point: SessionPoint | None = None
    """Where the next listener goes on; None before anything was kept."""


class LeaseLostError(Exception):
    """Another listener has the shard."""


class TableOutError(Exception):
    """The table does not answer; `reason` is the error's name. It may be asked again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LeaseTable(Protocol):
    """Keeps a row a shard, of one number of shards. Calls block, and may raise TableOutError."""

    def leases(self) -> dict[int, Lease]:
        """Read all rows as they are now, by shard."""

    def replace(self, shard: int, held: Lease | None, wanted: Lease) -> bool:
        """Write `wanted`, if the row still has `held`'s owner, fence and end; tell whether."""

    def renew(self, shard: int, wanted: Lease) -> bool:
        """Write `wanted`, if the row still has its owner and fence; tell whether."""


def wanted_over(held: Lease | None, owner: str, now: datetime, life: timedelta) -> Lease | None:
    """Tell the lease that `owner` may take over `held`; None while somebody else has it."""
    if held is None:
        return Lease(owner, 1, now + life)
    if held.owner != owner and now < held.expires_at:
        return None
    return replace(held, owner=owner, fence=held.fence + 1, expires_at=now + life)


def renewed(held: Lease, now: datetime, life: timedelta, point: SessionPoint | None) -> Lease:
    """Prolong a lease, and go on from `point`; None leaves that as it was."""
    return replace(held, expires_at=now + life, point=held.point if point is None else point)


def released(held: Lease, now: datetime, point: SessionPoint | None) -> Lease:
    """End a lease, so that another listener may begin at once."""
    return renewed(held, now, timedelta(0), point)


def resumable(point: SessionPoint | None, now: datetime, intents: int) -> SessionPoint | None:
    """Tell the session that is worth a RESUME: a young one with the intents that are wanted."""
    if point is None or point.session_id is None or point.intents != intents:
        return None
    return point if now - point.alive_at < RESUMABLE else None
