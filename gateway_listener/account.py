"""The bot's account with Discord: one REST session for all shards, and sockets for each.

discord.py does handshake, heartbeat, compression, RESUME and rate limits. Its parsers, which keep
every guild's objects in memory and drop joins of guilds and members that they do not expect, are
never given anything. What is used of it here is private; the tests connect to a gateway to hold it
in place (2.7.1).
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from gateway_listener.asking import tracing
from gateway_listener.errors import RefusedError
from gateway_listener.handshake import name_of
from gateway_listener.identify import Terms
from gateway_listener.refusals import REFUSED
from gateway_listener.traffic import Traffic
from usher.ids import UserId

HANDSHAKE_BUDGET: Final = 60.0
LONGEST_PAUSE: Final = 60.0
TIDY_EVERY: Final = 10.0

type Parsers = Mapping[str, Callable[[Any], None]]

log = logging.getLogger(__name__)
_spread = random.SystemRandom().uniform


async def _unasked(_shard: int) -> None:
    """Let every session begin."""


class Account(discord.Client):
    """A discord.py client that keeps no guilds, members or messages, and parses nothing."""

    def __init__(self, api_base: str, clock: Callable[[], datetime]) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.members = intents.invites = intents.moderation = True
        intents.auto_moderation_execution = True
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        self.traffic = Traffic()
        super().__init__(
            intents=intents,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=tracing(clock, self.traffic),
        )
        Route.BASE = api_base
        self._clock = clock
        self._starts: tuple[int, datetime] | None = None
        self.identifying: Callable[[int], Awaitable[None]] = _unasked
        """Told a shard just before it begins a session; whatever it raises ends the handshake."""

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Ignore discord.py's own events: nobody listens to them."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn; discord.py would sleep for five seconds."""
        await self.identifying(shard_id or 0)

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

    async def tidy(self) -> None:
        """Forget, for ever, rate limits that bind nobody any more.

        discord.py keeps each guild's for five minutes and longer: at a start, of all guilds.
        """
        while True:
            await asyncio.sleep(TIDY_EVERY)
            now, buckets = asyncio.get_running_loop().time(), self.http._buckets
            for key, bucket in tuple(buckets.items()):
                bound = bucket.expires is None or bucket.expires > now
                if not (bound or bucket.outgoing or bucket._pending_requests):
                    del buckets[key]

    async def terms(self) -> Terms:
        """Ask where the gateway is, and on what terms. Raises discord.py's errors, and aiohttp's.

        New sessions begin at the address of the last answer.
        """
        answer = await self.http.request(Route("GET", "/gateway/bot"))
        try:
            # discord.py leaves a body as text unless its type is exactly application/json.
            fields = json.loads(answer) if isinstance(answer, str) else answer
            limit = fields["session_start_limit"]
            terms = Terms(
                url=fields["url"],
                shards=fields["shards"],
                remaining=limit["remaining"],
                reset_after=timedelta(milliseconds=limit["reset_after"]),
                max_concurrency=limit.get("max_concurrency", 1),
            )
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(terms.url)
            self._starts = terms.remaining, self._clock() + terms.reset_after
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise discord.GatewayNotFound from error
        return terms

    def session_starts_left(self) -> int | None:
        """Tell how many sessions may be begun, as Discord said last; None when that is outdated."""
        if self._starts is None or self._clock() >= self._starts[1]:
            return None
        return self._starts[0]

    async def open(
        self, shard: int, count: int, parsers: Parsers, session: dict[str, Any] | None
    ) -> DiscordWebSocket:
        """Connect a shard and begin a session, or take `session` up, as `resuming` tells it."""
        self._connection.shard_count = count
        async with asyncio.timeout(HANDSHAKE_BUDGET):
            ws = await DiscordWebSocket.from_client(
                self, shard_id=shard, **(session or {"initial": True})
            )
        ws._discord_parsers = dict(parsers)
        return ws
