"""The two requests of a look, sent through discord.py so that its rate limits are kept.

discord.py holds an answer back until its bucket has room again, and cancelling one of its requests
in a global rate limit would block all later ones for ever (http.py of 2.7.1). So a request runs as
a task that is never cancelled, and its answer is taken by aiohttp's tracing as soon as it is whole.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import discord
from discord.http import HTTPClient, Route

from gateway_listener.look import NO_VANITY
from gateway_listener.looker import Answer
from usher.ids import GuildId

LONGEST_LOOK: Final = 15.0
"""Seconds after which a look counts as failed, whatever discord.py still tries."""
VANITY_MEMORY: Final = timedelta(hours=1)
"""How long a guild is known to have no vanity code: each refusal counts towards Discord's ban."""
_RETRIED: Final = frozenset({429, 500, 502, 504, 524})
"""Statuses after which discord.py tries again by itself."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Exchange:
    """One request of discord.py's with its tries, as seen from below."""

    whole: asyncio.Event = field(default_factory=asyncio.Event)
    status: int = 0
    at: datetime | None = None
    retry_after: timedelta | None = None
    content: bytes = b""


def tracing(clock: Callable[[], datetime]) -> aiohttp.TraceConfig:
    """Make the tracing that discord.py's HTTP client needs for `DiscordLooks`."""

    async def on_head(
        _: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        exchange = context.trace_request_ctx
        if isinstance(exchange, _Exchange):
            exchange.at = clock()
            exchange.status = end.response.status
            exchange.retry_after = _seconds(end.response.headers.get("Retry-After"))

    async def on_body(
        _: aiohttp.ClientSession,
        context: SimpleNamespace,
        chunk: aiohttp.TraceResponseChunkReceivedParams,
    ) -> None:
        exchange = context.trace_request_ctx
        if isinstance(exchange, _Exchange):
            exchange.content = chunk.chunk
            if exchange.status not in _RETRIED:
                exchange.whole.set()

    config = aiohttp.TraceConfig()
    config.on_request_end.append(on_head)
    config.on_response_chunk_received.append(on_body)
    return config


def _seconds(text: str | None) -> timedelta | None:
    try:
        return None if text is None else timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        return None


class DiscordLooks:
    """Looks by Discord's REST API. The HTTP client must have been made with `tracing`."""

    def __init__(self, http: HTTPClient, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self._running: dict[tuple[str, GuildId], _Exchange] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._no_vanity: dict[GuildId, tuple[datetime, object]] = {}

    async def invites(self, guild_id: GuildId) -> Answer:
        """Ask for the guild's invites."""
        return await self._ask("/guilds/{guild_id}/invites", guild_id)

    async def vanity(self, guild_id: GuildId) -> Answer:
        """Ask for the vanity code, or remember that the guild has none."""
        until, body = self._no_vanity.get(guild_id, (None, None))
        if until is not None and self._clock() < until:
            return Answer(body, self._clock())
        answer = await self._ask("/guilds/{guild_id}/vanity-url", guild_id)
        if isinstance(answer.body, dict) and answer.body.get("code") == NO_VANITY:
            self._no_vanity[guild_id] = (answer.at + VANITY_MEMORY, answer.body)
        return answer

    def forget(self, guild_id: GuildId) -> None:
        """Ask for the vanity code again."""
        self._no_vanity.pop(guild_id, None)

    async def close(self) -> None:
        """End the requests that still run; the HTTP client must not be used after."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask(self, path: str, guild_id: GuildId) -> Answer:
        exchange = self._running.get((path, guild_id))
        if exchange is None:
            exchange = self._running[path, guild_id] = _Exchange()
            task = asyncio.create_task(self._request(path, guild_id, exchange))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            async with asyncio.timeout(LONGEST_LOOK):
                await exchange.whole.wait()
        except TimeoutError:
            log.debug("guild %s: %s took too long", guild_id, path)
        return Answer(_body(exchange), exchange.at or self._clock(), exchange.retry_after)

    async def _request(self, path: str, guild_id: GuildId, exchange: _Exchange) -> None:
        limit = aiohttp.ClientTimeout(total=LONGEST_LOOK - 1)
        request: Coroutine[Any, Any, Any] = self._http.request(
            Route("GET", path, guild_id=guild_id), trace_request_ctx=exchange, timeout=limit
        )
        try:
            await request
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.debug("guild %s: %s ended with %s", guild_id, path, type(error).__name__)
        finally:
            self._running.pop((path, guild_id), None)
            exchange.whole.set()


def _body(exchange: _Exchange) -> object:
    """Give the answer's JSON, or the refusal in the form that `look` reads."""
    try:
        content = json.loads(exchange.content) if exchange.content else None
    except (ValueError, RecursionError):
        content = None
    if exchange.status == 200 and exchange.whole.is_set():
        return content
    refusal: dict[str, object] = {"error": 0 if exchange.status == 200 else exchange.status}
    if isinstance(content, dict) and isinstance(content.get("code"), int):
        refusal["code"] = content["code"]
    return refusal
