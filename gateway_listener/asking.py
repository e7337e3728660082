"""Requests to Discord's REST API, sent through discord.py so that its rate limits are kept.

discord.py holds an answer back until its bucket has room again, and cancelling one of its requests
in a global rate limit would block all later ones for ever (http.py of 2.7.1). So a request runs as
a task that is never cancelled, and its answer is taken by aiohttp's tracing as soon as it is whole.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import discord
from discord.http import HTTPClient, Route

from gateway_listener.looker import Answer
from gateway_listener.traffic import Traffic

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


def tracing(clock: Callable[[], datetime], traffic: Traffic) -> aiohttp.TraceConfig:
    """Make the tracing that discord.py's HTTP client needs for `Asker`; every answer is counted."""

    async def on_head(
        _: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        traffic.answered(end.response.status, end.response.headers)
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


class Asker:
    """Asks, and waits no longer than told. The HTTP client must have been made with `tracing`."""

    def __init__(self, http: HTTPClient, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self._running: dict[Hashable, _Exchange] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(
        self,
        route: Route,
        within: float,
        key: Hashable = None,
        **arguments: Any,  # noqa: ANN401 - aiohttp's
    ) -> Answer:
        """Ask, for at most `within` seconds; failures are answers too.

        While a question with the same `key` runs, its answer is waited for instead.
        `arguments` are aiohttp's: `params`, `json`.
        """
        exchange = None if key is None else self._running.get(key)
        if exchange is None:
            exchange = _Exchange()
            if key is not None:
                self._running[key] = exchange
            limit = aiohttp.ClientTimeout(total=within - 1)
            task = asyncio.create_task(self._request(route, key, exchange, limit, arguments))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            async with asyncio.timeout(within):
                await exchange.whole.wait()
        except TimeoutError:
            log.debug("%s took too long", route.path)
        return Answer(_body(exchange), exchange.at or self._clock(), exchange.retry_after)

    async def close(self) -> None:
        """End the requests that still run; the HTTP client must not be used after."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _request(
        self,
        route: Route,
        key: Hashable,
        exchange: _Exchange,
        limit: aiohttp.ClientTimeout,
        arguments: dict[str, Any],
    ) -> None:
        request: Coroutine[Any, Any, Any] = self._http.request(
            route, trace_request_ctx=exchange, timeout=limit, **arguments
        )
        try:
            await request
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.debug("%s ended with %s", route.path, type(error).__name__)
        finally:
            if key is not None:
                self._running.pop(key, None)
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
