"""The gateway connection: discord.py for handshake, heartbeat, compression, RESUME and rate limits.

Dispatches are taken before discord.py's own parsers, which keep every guild's objects in memory
and drop joins of guilds and members that they do not expect. That, and the session loop, are
private parts of discord.py 2.7.1; the tests connect to a gateway to hold them in place.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route

from gateway_listener.asking import tracing
from gateway_listener.errors import ObserveError, RefusedError
from gateway_listener.handshake import (
    SessionWatcher,
    allowed,
    find_gateway,
    name_of,
    point_of,
    resumable,
    resuming,
)
from gateway_listener.observe import guild_of
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.refusals import REFUSED
from gateway_listener.watch import TAKEN
from usher.ids import UserId

CLOSE_CODE: Final = 4000
"""1000 and 1001 would end the session for good (Discord, gateway: Disconnecting)."""
SHORT_SESSION: Final = 5.0
"""A connection that ends sooner, in seconds, counts as a failed one."""
LONGEST_PAUSE: Final = 60.0
RESUME_TRIES: Final = 5
"""Failed connections in a row after which the old session is given up."""
TAKE_UP_TRIES: Final = 2
"""Connections after which another process's session is given up: it may be long dead."""

log = logging.getLogger(__name__)
_spread = random.SystemRandom().uniform


class GatewayClient(discord.Client):
    """A discord.py client that keeps no guilds, members or messages."""

    def __init__(self, api_base: str, clock: Callable[[], datetime], progress: Progress) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.members = intents.invites = intents.moderation = True
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=tracing(clock),
        )
        Route.BASE = api_base
        self.sessions = 0
        """Sessions begun since the start; resumed ones do not count."""
        self._progress = progress
        self._clock = clock
        self._down_since: float | None = time.monotonic()
        self._been_up = False
        self._leaving = False

    def watch_with(self, watcher: SessionWatcher) -> None:
        """Give what the gateway sends to `watcher`, and only READY and RESUMED to discord.py."""
        state = self._connection
        ready, resumed = state.parsers["READY"], state.parsers["RESUMED"]

        def on_ready(data: dict[str, Any]) -> None:
            self._welcome(watcher, data)
            # discord.py would keep an object for each of the guilds.
            ready({**data, "guilds": []})

        def on_resumed(data: dict[str, Any]) -> None:
            self._down_since, self._been_up = None, True
            resumed(data)
            watcher.session_resumed()

        def taker(kind: str) -> Callable[[Any], None]:
            def take(data: Any) -> None:  # noqa: ANN401 - whatever Discord sent
                try:
                    watcher.dispatch(kind, data)
                except Exception:
                    # One dispatch fails; the connection and all others go on.
                    log.exception("A dispatch of type %s failed.", kind)

            return take

        state.parsers = {kind: taker(kind) for kind in TAKEN}
        state.parsers |= {"READY": on_ready, "RESUMED": on_resumed}

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Ignore discord.py's own events: nobody listens to them."""

    def _welcome(self, watcher: SessionWatcher, data: dict[str, Any]) -> None:
        guild_ids = []
        for guild in data["guilds"]:
            try:
                guild_ids.append(guild_of({"guild_id": guild.get("id")}))
            except ObserveError as error:
                log.warning("A guild in READY was left out: %s.", error.reason)
        self.sessions += 1
        self._down_since, self._been_up = None, True
        log.info("A session began with %d guilds.", len(guild_ids))
        since = None if self._progress.fresh else self._progress.now.alive_at
        watcher.session_began(UserId(str(data["user"]["id"])), guild_ids, since)
        self._progress.fresh = False

    async def log_in(self, token: str) -> UserId:
        """Check the token and tell whose it is; tries until Discord's API answers.

        Raises RefusedError when Discord does not accept the token.
        """
        await self._async_setup_hook()
        pause = 1.0
        while True:
            try:
                user = await self.http.static_login(token)
            except discord.LoginFailure as error:
                raise RefusedError(REFUSED[4004]) from error
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord's API does not answer (%s); trying again.", name_of(error))
            else:
                return UserId(str(user["id"]))
            await self.http.close()
            self.http.connector = discord.utils.MISSING
            await asyncio.sleep(_spread(pause / 2, pause))
            pause = min(2 * pause, LONGEST_PAUSE)

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
        session = None if point is None else await self._take_up(point)
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

    async def _take_up(self, point: SessionPoint) -> dict[str, Any] | None:
        """Take up another process's session and listen until the connection ends.

        None when Discord does not know the session any more, or its gateway is gone.
        """
        session: dict[str, Any] | None = resuming(point)
        for _ in range(TAKE_UP_TRIES):
            session = await self._one_connection(session)
            if session is None or self._been_up or self._leaving:
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
            if session is None:
                await find_gateway(self.http)
            async with asyncio.timeout(60):
                ws = await DiscordWebSocket.from_client(self, **(session or {"initial": True}))
            self.ws = ws
            while True:
                await ws.poll_event()
                self._note(ws)
        except ReconnectWebSocket as ended:
            log.info("The connection ended; the session %s.", "goes on" if ended.resume else "too")
            if not ended.resume:
                return None
        except discord.ConnectionClosed as error:
            if error.code in REFUSED:
                raise RefusedError(REFUSED[error.code]) from error
            log.warning("Discord closed the connection with %d.", error.code)
            return None
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
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
        if (point := point_of(ws, heard, self.intents.value)) is not None:
            self._progress.moved(point)

    async def leave(self) -> None:
        """Close the connection, leaving the session resumable, then the HTTP client."""
        self._leaving = True
        ws: DiscordWebSocket | None = self.ws
        if ws is not None and ws.open:
            try:
                async with asyncio.timeout(5):
                    await ws.close(code=CLOSE_CODE)
            except TimeoutError:
                log.warning("The gateway did not confirm the end of the connection.")
        await self.http.close()

    @property
    def connected(self) -> bool:
        """Whether a session is up: READY or RESUMED came, and the connection has not ended."""
        return self._down_since is None

    def disconnected_for(self) -> float:
        """Tell for how many seconds no session has been up."""
        return 0.0 if self._down_since is None else time.monotonic() - self._down_since

    def heartbeat(self) -> tuple[float, float] | None:
        """Tell discord.py's last ACK, on `time.perf_counter`, and the interval, in seconds."""
        ws: DiscordWebSocket | None = self.ws
        keeper = None if ws is None else ws._keep_alive
        if keeper is None or keeper.interval is None:
            return None
        return keeper._last_ack, keeper.interval
