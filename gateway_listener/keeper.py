"""Holding one shard's lease: renewing it with the session's point, giving it up."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway_listener.lease import (
    RENEWALS,
    Lease,
    LeaseLostError,
    LeaseTable,
    TableOutError,
    released,
    renewed,
    wanted_over,
)
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.table_thread import TableThread

LONGEST_POLL: Final = 1.0
"""Seconds between looks at leases that others have, and between tries in an outage."""
RELEASE_TRIES: Final = 3


def poll_of(life: timedelta) -> float:
    """Tell how often, in seconds, to look at leases of such a life."""
    return min(LONGEST_POLL, life.total_seconds() / 5)


class LeaseKeeper:
    """Keeps one shard's lease for this process.

    An outage of the table stops nobody who listens: two listeners at once change nothing, because
    the event worker knows every join's identity. A lease that somebody else has taken does.
    """

    def __init__(
        self,
        table: LeaseTable,
        shard: int,
        owner: str,
        life: timedelta,
        clock: Callable[[], datetime],
        progress: Progress,
        thread: TableThread,
    ) -> None:
        self.shard = shard
        self.progress = progress
        self._table = table
        self._owner = owner
        self._life = life
        self._clock = clock
        self._thread = thread
        self._held: Lease | None = None
        self._ended = False
        self._one_at_a_time = asyncio.Lock()
        self._now = asyncio.Event()
        progress.keep_now = self._now.set
        self._poll = poll_of(life)

    @property
    def held(self) -> bool:
        """Whether the lease is ours, as far as we know."""
        return self._held is not None

    @property
    def point(self) -> SessionPoint | None:
        """Where the one before went on to; None when there was none or nothing is held."""
        return None if self._held is None else self._held.point

    async def take(self, found: Lease | None) -> bool:
        """Take the lease over as it was found; False if it is not free. Raises TableOutError."""
        async with self._one_at_a_time:
            wanted = wanted_over(found, self._owner, self._clock(), self._life)
            if self._ended or wanted is None:
                return False
            if not await self._thread.call(self._table.replace, self.shard, found, wanted):
                return False
            self._held = wanted
            return True

    async def keep(self, learnt: Callable[[SessionPoint], None]) -> None:
        """Renew the lease for ever; raises LeaseLostError when somebody else has taken it.

        A new session is kept at once: who does not know of it cannot go on with it. Without a
        lease, go on trying; `learnt` is told the point that comes with it then.
        """
        pause = self._life.total_seconds() / RENEWALS
        while True:
            await self._sleep(pause if self.held else self._poll)
            try:
                if self.held:
                    await self._renew()
                else:
                    found = (await self._thread.call(self._table.leases)).get(self.shard)
                    if await self.take(found) and found is not None and found.point is not None:
                        learnt(found.point)
                pause = self._life.total_seconds() / RENEWALS
            except TableOutError as error:
                pause = self._poll
                self._thread.complain(error)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until the point is worth keeping."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._now.wait()
        self._now.clear()

    async def confirm(self) -> None:
        """Make sure, before a connection, that nobody else has the shard: raises LeaseLostError.

        Two who resume one session would take it from each other again and again.
        """
        if self.held:
            try:
                await self._renew()
            except TableOutError as error:
                self._thread.complain(error)

    async def release(self) -> None:
        """Keep the last point and let the next listener begin. There is no way back."""
        self._ended = True
        async with self._one_at_a_time:
            held, self._held = self._held, None
            if held is not None:
                now = self._clock()
                await self._give_up(released(held, now, self.progress.safe(now)))

    async def _give_up(self, wanted: Lease) -> None:
        for _ in range(RELEASE_TRIES):
            try:
                await self._thread.call(self._table.renew, self.shard, wanted)
            except TableOutError as error:
                self._thread.complain(error)
                await asyncio.sleep(self._poll)
            else:
                return

    async def _renew(self) -> None:
        async with self._one_at_a_time:
            if self._held is None:
                return
            now = self._clock()
            wanted = renewed(self._held, now, self._life, self.progress.safe(now))
            if not await self._thread.call(self._table.renew, self.shard, wanted):
                self._held = None
                raise LeaseLostError
            self._held = wanted
