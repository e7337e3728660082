"""One shard's gateway connection: a session after another, or the same one again and again.

Dispatches are taken raw, before discord.py would parse them.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from gateway_listener.account import LONGEST_PAUSE, Account
from gateway_listener.errors import ObserveError, RefusedError
from gateway_listener.handshake import (
    SessionWatcher,
    allowed,
    name_of,
    point_of,
    resumable,
    resuming,
)
from gateway_listener.identify import TurnLostError
from gateway_listener.observe import guild_of
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.refusals import REFUSED
from gateway_listener.watch import TAKEN
from usher.ids import UserId

CLOSE_CODE: Final = 4000
"""1000 and 1001 would end the session for good (Discord, gateway: Disconnecting)."""
SHORT_SESSION: Final = 5.0
"""A connection that ends sooner, in seconds, counts as a failed one."""
RESUME_TRIES: Final = 5
"""Failed connections in a row after which the old session is given up."""
TAKE_UP_TRIES: Final = 2
"""Connections after which another process's session is given up: it may be long dead."""

log = logging.getLogger(__name__)
_spread = random.SystemRandom().uniform


class GatewayClient:
    """A shard's connection. `turn` is entered before each new session."""

    def __init__(
        self,
        account: Account,
        clock: Callable[[], datetime],
        progress: Progress,
        shard: int = 0,
        count: int = 1,
        turn: Callable[[int], AbstractAsyncContextManager[None]] = lambda _: nullcontext(),
        full: Callable[[], bool] = lambda: False,
    ) -> None:
        self.sessions = 0
        """Sessions begun since the start; resumed ones do not count."""
        self.intents: int = account.intents.value
        self._account = account
        self._progress = progress
        self._clock = clock
        self._shard = shard
        self._count = count
        self._turn = turn
        self._full = full
        self._ws: DiscordWebSocket | None = None
        self._parsers: dict[str, Callable[[Any], None]] = {}
        self._down_since: float | None = time.monotonic()
        self._been_up = False
        self._leaving = False

    def watch_with(self, watcher: SessionWatcher) -> None:
        """Give what the gateway sends to `watcher`."""

        def on_resumed(_: dict[str, Any]) -> None:
            self._down_since, self._been_up = None, True
            watcher.session_resumed()

        def taker(kind: str) -> Callable[[Any], None]:
            def take(data: Any) -> None:  # noqa: ANN401 - whatever Discord sent
                try:
                    watcher.dispatch(kind, data)
                except Exception:
                    # One dispatch fails; the connection and all others go on.
                    log.exception("A dispatch of type %s failed.", kind)

            return take

        self._parsers = {kind: taker(kind) for kind in TAKEN}
        self._parsers["READY"] = lambda data: self._welcome(watcher, data)
        self._parsers["RESUMED"] = on_resumed

    def _welcome(self, watcher: SessionWatcher, data: dict[str, Any]) -> None:
        guild_ids = []
        for guild in data["guilds"]:
            try:
                guild_ids.append(guild_of({"guild_id": guild.get("id")}))
            except ObserveError as error:
                log.warning("A guild in READY was left out: %s.", error.reason)
        self.sessions += 1
        self._down_since, self._been_up = None, True
        log.info("Shard %d: a session began with %d guilds.", self._shard, len(guild_ids))
        since = None if self._progress.fresh else self._progress.now.alive_at
        watcher.session_began(UserId(str(data["user"]["id"])), guild_ids, since)
        self._progress.fresh = False

    async def stay_connected(
        self,
        point: SessionPoint | None = None,
        may_connect: Callable[[], Awaitable[None]] = allowed,
    ) -> None:
        """Keep a session up until `leave`: another process's from `point` on, if one is given.

        `may_connect` is waited for before each connection. Raises what it raises, and
        RefusedError when Discord will not have the session.
        """
        self._down_since = time.monotonic()
        session = None if point is None else await self._take_up(point, may_connect)
        failures = 0
        loop = asyncio.get_running_loop()
        while not self._leaving:
            await may_connect()
            began = loop.time()
            session = await self._one_connection(session)
            lasted = loop.time() - began >= SHORT_SESSION
            failures = 0 if lasted else failures + 1
            if failures >= RESUME_TRIES:
                session = None
            if self._leaving or (lasted and session is not None):
                continue
            # A new session is to wait between 1 and 5 seconds (Discord, gateway: Resuming).
            longest = min(2.0**failures, LONGEST_PAUSE)
            await asyncio.sleep(_spread(longest / 2, longest) if session else _spread(1, 5))

    async def _take_up(
        self, point: SessionPoint, may_connect: Callable[[], Awaitable[None]]
    ) -> dict[str, Any] | None:
        """Take up another process's session and listen until the connection ends.

        None when Discord does not know the session any more, or its gateway is gone.
        """
        session: dict[str, Any] | None = resuming(point)
        for _ in range(TAKE_UP_TRIES):
            await may_connect()
            session = await self._one_connection(session)
            if session is None or self._been_up or self._leaving or self._full():
                return session
            await asyncio.sleep(_spread(0.5, 1))
        return None

    async def _one_connection(self, session: dict[str, Any] | None) -> dict[str, Any] | None:
        """Connect and listen until the connection ends.

        Takes and returns the arguments by which discord.py takes up the session, None for a new
        one. Raises RefusedError.
        """
        ws: DiscordWebSocket | None = None
        try:
            async with self._turn(self._shard) if session is None else nullcontext():
                ws = await self._account.open(self._shard, self._count, self._parsers, session)
            self._ws = ws
            while not self._full():
                await ws.poll_event()
                self._note(ws)
            log.error("Shard %d pauses: too much is unsent.", self._shard)
            await self._close(ws)
        except ReconnectWebSocket as ended:
            log.info("The connection ended; the session %s.", "goes on" if ended.resume else "too")
            if not ended.resume:
                return None
        except discord.ConnectionClosed as error:
            if error.code in REFUSED:
                raise RefusedError(REFUSED[error.code]) from error
            log.warning("Discord closed the connection with %d.", error.code)
            return None
        except (discord.DiscordException, aiohttp.ClientError, OSError, TurnLostError) as error:
            log.warning("The gateway could not be reached (%s).", name_of(error))
        finally:
            if self._down_since is None:
                self._down_since = time.monotonic()
        return session if ws is None else resumable(ws)

    def _note(self, ws: DiscordWebSocket) -> None:
        """Note how far the session has come. Until it is up, the absence goes on."""
        heard = self._progress.now.alive_at
        if self.connected:
            heard = max(heard, self._clock())
        if (point := point_of(ws, heard, self.intents)) is not None:
            self._progress.moved(point)

    async def leave(self) -> None:
        """Close the connection, leaving the session resumable."""
        self._leaving = True
        if self._ws is not None:
            await self._close(self._ws)

    async def _close(self, ws: DiscordWebSocket) -> None:
        if ws.open:
            try:
                async with asyncio.timeout(5):
                    await ws.close(code=CLOSE_CODE)
            except TimeoutError:
                log.warning("The gateway did not confirm the end of the connection.")

    @property
    def connected(self) -> bool:
        """Whether a session is up: READY or RESUMED came, and the connection has not ended."""
        return self._down_since is None

    def disconnected_for(self) -> float:
        """Tell for how many seconds no session has been up."""
        return 0.0 if self._down_since is None else time.monotonic() - self._down_since

    def latency(self) -> float | None:
        """Tell how many seconds Discord took for its last ACK; None before the first."""
        latency = float("nan") if self._ws is None else self._ws.latency
        return latency if math.isfinite(latency) else None

    def heartbeat(self) -> tuple[float, float] | None:
        """Tell discord.py's last ACK, on `time.perf_counter`, and the interval, in seconds."""
        keeper = None if self._ws is None else self._ws._keep_alive
        if keeper is None or keeper.interval is None:
            return None
        return keeper._last_ack, keeper.interval
