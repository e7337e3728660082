"""Calls to the table from the event loop: one after another, in a thread of their own."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from gateway_listener.lease import TableOutError

COMPLAINT_EVERY: Final = 60.0

log = logging.getLogger(__name__)


class TableThread:
    """Makes the calls. One that was cancelled still ends before the next one begins."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "table")
        self._complained_at = float("-inf")

    async def call[**P, T](self, ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Call, and wait for the answer; raises what the call raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(ask, *arguments, **named))

    def complain(self, error: TableOutError) -> None:
        """Log an outage, once a minute."""
        now = time.monotonic()
        if now - self._complained_at >= COMPLAINT_EVERY:
            self._complained_at = now
            log.warning("The table of the leases does not answer (%s).", error.reason)

    def close(self) -> None:
        """End the thread after the call it may be in."""
        self._thread.shutdown(wait=False)
