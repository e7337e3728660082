"""The gate of new sessions: one IDENTIFY a key in five seconds, by all listeners together.

Discord takes one IDENTIFY in 5 s for each `shard_id % max_concurrency` and a number a day (gateway:
Sharding, Session Start Limit Object). A turn is a row that a listener claims before it connects and
renews as it identifies; a turn that was not used is given back.
"""

import asyncio
import itertools
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway_listener.lease import TableOutError
from gateway_listener.table_thread import TableThread

SPACING: Final = timedelta(seconds=5.5)
"""From noting an IDENTIFY to the next one of its key."""
SOON: Final = timedelta(seconds=0.5)
"""An IDENTIFY is sent within this of being noted; together at least Discord's 5 s."""
HANDSHAKE: Final = timedelta(seconds=15)
"""How long a turn is kept for a listener that connects."""
FEW_STARTS: Final = 10
"""Discord resets the token of a bot that begins more sessions a day than it is allowed."""
POLL: Final = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """What GET /gateway/bot answers."""

    url: str
    shards: int
    remaining: int
    reset_after: timedelta
    max_concurrency: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """Who may begin a session by a key, and until when nobody else may."""

    owner: str
    until: datetime


class Turns(Protocol):
    """Keeps a turn a key. Calls block, and may raise TableOutError."""

    def turn(self, key: int) -> Turn | None:
        """Read a turn as it is now."""

    def replace_turn(self, key: int, held: Turn | None, wanted: Turn) -> bool:
        """Write `wanted`, if the turn is still `held`; tell whether."""


@dataclass(slots=True)
class OwnTurns:
    """Turns of this process alone: where there is no table, and while it is out."""

    held: dict[int, Turn] = field(default_factory=dict)

    def turn(self, key: int) -> Turn | None:
        """Tell a turn."""
        return self.held.get(key)

    def replace_turn(self, key: int, held: Turn | None, wanted: Turn) -> bool:
        """Change a turn that is as expected."""
        if self.held.get(key) != held:
            return False
        self.held[key] = wanted
        return True


class TurnLostError(Exception):
    """The handshake took too long; somebody else may identify now."""


class IdentifyGate:
    """Lets the shards of this process begin sessions in turn with those of all others."""

    def __init__(
        self,
        turns: Turns,
        owner: str,
        ask: Callable[[], Awaitable[Terms]],
        clock: Callable[[], datetime],
        thread: TableThread,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        concurrency: int = 1,
    ) -> None:
        self._turns = turns
        self._own = OwnTurns()
        self._owner = owner
        self._ask = ask
        self._clock = clock
        self._thread = thread
        self._sleep = sleep
        self._numbers = itertools.count(1)
        self._concurrency = max(1, concurrency)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._taken: dict[int, tuple[int, Turn]] = {}

    @asynccontextmanager
    async def turn(self, shard: int) -> AsyncIterator[None]:
        """Wait for a shard's turn to identify; raises what `ask` raises."""
        while not await self._allowed(shard):
            pass
        try:
            yield
        finally:
            await self._give_back(shard)

    async def identifying(self, shard: int) -> None:
        """Note that a shard identifies now; raises TurnLostError when it may not any more."""
        if (taken := self._taken.pop(shard, None)) is None:
            return
        key, turn = taken
        noted_at = None
        while noted_at is None or self._clock() - noted_at > SOON:
            noted_at = self._clock()
            held, turn = turn, Turn(turn.owner, noted_at + SPACING)
            if not await self._replace(key, held, turn):
                raise TurnLostError

    async def _allowed(self, shard: int) -> bool:
        """Take the shard's turn and ask whether the day's starts allow it; wait if they do not."""
        key = shard % self._concurrency
        self._taken[shard] = key, await self._take(key, f"{self._owner}-{next(self._numbers)}")
        try:
            terms = await self._ask()
            self._concurrency = max(1, terms.max_concurrency)
            # Others may be beginning sessions by the other keys.
            enough = terms.remaining >= FEW_STARTS + self._concurrency - 1
            if enough and key == shard % self._concurrency:
                return True
        except BaseException:
            await self._give_back(shard)
            raise
        await self._give_back(shard)
        if not enough:
            wait = terms.reset_after.total_seconds()
            log.error("Only %d session starts left; waiting %.0f s.", terms.remaining, wait)
            await self._sleep(wait)
        return False

    async def _take(self, key: int, owner: str) -> Turn:
        async with self._locks[key]:
            while True:
                held, now = await self._read(key), self._clock()
                if held is not None and held.owner == owner:
                    return held  # written, but the answer did not arrive
                if held is None or held.until <= now:
                    wanted = Turn(owner, now + HANDSHAKE)
                    if await self._replace(key, held, wanted):
                        return wanted
                    continue
                await self._sleep(min(POLL, (held.until - now).total_seconds()))

    async def _give_back(self, shard: int) -> None:
        if (taken := self._taken.pop(shard, None)) is not None:
            key, turn = taken
            await self._replace(key, turn, Turn(turn.owner, self._clock()))

    async def _read(self, key: int) -> Turn | None:
        try:
            return await self._thread.call(self._turns.turn, key)
        except TableOutError:
            return self._own.turn(key)

    async def _replace(self, key: int, held: Turn | None, wanted: Turn) -> bool:
        """Change a turn; while the table is out, among this process's shards only."""
        try:
            done = await self._thread.call(self._turns.replace_turn, key, held, wanted)
        except TableOutError:
            return self._own.replace_turn(key, held, wanted)
        if done:
            self._own.held[key] = wanted
        return done
