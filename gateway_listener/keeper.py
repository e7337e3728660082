"""Holding the lease: waiting for it, renewing it with the session's point, giving it up."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
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

LONGEST_POLL: Final = 1.0
"""Seconds between looks at a lease that somebody else has, and between tries in an outage."""
COMPLAINT_EVERY: Final = 60.0
RELEASE_TRIES: Final = 3

log = logging.getLogger(__name__)


class LeaseKeeper:
    """Keeps one shard's lease for this process.

    An outage of the table stops nobody who listens: two listeners at once change nothing, because
    the event worker knows every join's identity. A lease that somebody else has taken does.
    """

    def __init__(
        self,
        table: LeaseTable,
        owner: str,
        life: timedelta,
        clock: Callable[[], datetime],
        progress: Progress,
    ) -> None:
        self._table = table
        self._owner = owner
        self._life = life
        self._clock = clock
        self._progress = progress
        self._held: Lease | None = None
        self._ended = False
        self._one_at_a_time = asyncio.Lock()
        # A call that was cancelled still ends before the next one begins.
        self._thread = ThreadPoolExecutor(1, "lease")
        self._complained_at = float("-inf")
        self._poll = min(LONGEST_POLL, life.total_seconds() / 5)

    @property
    def held(self) -> bool:
        """Whether the lease is ours, as far as we know."""
        return self._held is not None

    async def take(self) -> SessionPoint | None:
        """Wait for the lease, and tell where the listener before went on.

        None when there was none, and when the table was out for as long as a lease lives: then
        the listener begins without.
        """
        out_since: float | None = None
        told = False
        while not self._ended:
            try:
                if await self._try():
                    log.info("The shard is ours.", extra={"owner": self._owner})
                    return self._held.point if self._held is not None else None
                out_since = None
                if not told:
                    log.info("Another listener has the shard; this one waits.")
                told = True
            except TableOutError as error:
                self._complain(error)
                out_since = time.monotonic() if out_since is None else out_since
                if time.monotonic() - out_since >= self._life.total_seconds():
                    log.error("The listener begins without the lease of its shard.")  # noqa: TRY400
                    return None
            await asyncio.sleep(self._poll)
        return None

    async def keep(self, learnt: Callable[[SessionPoint], None]) -> None:
        """Renew the lease for ever; raises LeaseLostError when somebody else has taken it.

        Without a lease, go on trying; `learnt` is told the point that comes with it then.
        """
        pause = self._life.total_seconds() / RENEWALS
        while True:
            await asyncio.sleep(pause if self.held else self._poll)
            try:
                if self.held:
                    await self._renew()
                elif await self._try() and self._held is not None and self._held.point is not None:
                    learnt(self._held.point)
                pause = self._life.total_seconds() / RENEWALS
            except TableOutError as error:
                pause = self._poll
                self._complain(error)

    async def confirm(self) -> None:
        """Make sure, before a connection, that nobody else has the shard: raises LeaseLostError.

        Two who resume one session would take it from each other again and again.
        """
        if self.held:
            try:
                await self._renew()
            except TableOutError as error:
                self._complain(error)

    async def release(self) -> None:
        """Keep the last point and let the next listener begin. There is no way back."""
        self._ended = True
        async with self._one_at_a_time:
            held, self._held = self._held, None
            if held is not None:
                now = self._clock()
                await self._give_up(released(held, now, self._progress.safe(now)))
        self._thread.shutdown(wait=False)

    async def _give_up(self, wanted: Lease) -> None:
        for _ in range(RELEASE_TRIES):
            try:
                await self._call(self._table.renew, wanted)
            except TableOutError as error:
                self._complain(error)
                await asyncio.sleep(self._poll)
            else:
                return

    async def _call[**P, T](self, ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(ask, *arguments, **named))

    async def _try(self) -> bool:
        async with self._one_at_a_time:
            if self._ended:
                return False
            held = await self._call(self._table.read)
            wanted = wanted_over(held, self._owner, self._clock(), self._life)
            if wanted is None or not await self._call(self._table.replace, held, wanted):
                return False
            self._held = wanted
            return True

    async def _renew(self) -> None:
        async with self._one_at_a_time:
            if self._held is None:
                return
            now = self._clock()
            wanted = renewed(self._held, now, self._life, self._progress.safe(now))
            if not await self._call(self._table.renew, wanted):
                self._held = None
                raise LeaseLostError
            self._held = wanted

    def _complain(self, error: TableOutError) -> None:
        now = time.monotonic()
        if now - self._complained_at >= COMPLAINT_EVERY:
            self._complained_at = now
            log.warning("The table of the lease does not answer (%s).", error.reason)
