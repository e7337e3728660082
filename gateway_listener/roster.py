"""Which shards this process holds: those that are free, one after another, up to a number."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway_listener.keeper import LeaseKeeper, poll_of
from gateway_listener.lease import Lease, LeaseTable, TableOutError
from gateway_listener.table_thread import TableThread

STEP: Final = 0.05
"""Seconds, times the shards held already, until one more is taken: so that processes which start
together share the shards."""
ANSWER_WITHIN: Final = 2.0
"""Seconds: an outage of the table must not hold up the heartbeat."""

log = logging.getLogger(__name__)


def free_shards(count: int, leases: Mapping[int, Lease], now: datetime) -> list[int]:
    """List the shards that nobody has now."""
    return [n for n in range(count) if n not in leases or leases[n].expires_at <= now]


class Roster:
    """Takes shards for this process."""

    def __init__(
        self,
        table: LeaseTable,
        count: int,
        most: int,
        life: timedelta,
        clock: Callable[[], datetime],
        thread: TableThread,
        make_keeper: Callable[[int], LeaseKeeper],
    ) -> None:
        self._table = table
        self._count = count
        self._most = min(most, count)
        self._life = life
        self._clock = clock
        self._thread = thread
        self._make_keeper = make_keeper
        self._taken: set[int] = set()
        self._out_since: float | None = None
        self._told = False
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more."""
        self._stopping.set()

    async def unheld(self) -> int | None:
        """Count the shards that neither this process nor another has; None in an outage."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                leases = await self._thread.call(self._table.leases)
        except (TableOutError, TimeoutError):
            return None
        return len(set(free_shards(self._count, leases, self._clock())) - self._taken)

    async def taken(self) -> AsyncIterator[LeaseKeeper]:
        """Take shards and give their keepers, until there are as many as wanted.

        When the table is out for as long as a lease lives and no shard is held, the process begins
        with keepers that hold nothing.
        """
        poll = poll_of(self._life)
        while len(self._taken) < self._most and not self._stopping.is_set():
            try:
                keeper = await self._take_one()
                self._out_since = None
            except TableOutError as error:
                self._thread.complain(error)
                keeper = None
                if self._out_for_too_long():
                    log.error("The listener begins without leases.")  # noqa: TRY400 - told above
                    for shard in range(self._most):
                        self._taken.add(shard)
                        yield self._make_keeper(shard)
                    return
            if keeper is None:
                await self._pause(poll)
                continue
            self._taken.add(keeper.shard)
            log.info("Shard %d of %d is ours.", keeper.shard, self._count)
            yield keeper
            await self._pause(min(poll, STEP * len(self._taken)))

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _out_for_too_long(self) -> bool:
        now = time.monotonic()
        self._out_since = now if self._out_since is None else self._out_since
        return not self._taken and now - self._out_since >= self._life.total_seconds()

    async def _take_one(self) -> LeaseKeeper | None:
        leases = await self._thread.call(self._table.leases)
        for shard in free_shards(self._count, leases, self._clock()):
            if shard in self._taken:
                continue
            keeper = self._make_keeper(shard)
            if await keeper.take(leases.get(shard)):
                return keeper
        if not self._told and not self._taken:
            log.info("Other listeners have all %d shards; this one waits.", self._count)
            self._told = True
        return None
