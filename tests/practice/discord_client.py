"""An unmodified discord.py, pointed at the practice Discord, for the tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket

from infra.practice import Practice, PracticeServer

GUILD_EVENTS = discord.Intents(guilds=True, members=True, invites=True, moderation=True)


def point_at(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have discord.py take the practice Discord for Discord."""
    monkeypatch.setattr(discord.http.Route, "BASE", server.api_base)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))


class Watcher:
    """Notes what a client dispatches."""

    def __init__(self, client: discord.Client) -> None:
        self.client = client
        self.seen: list[tuple[str, Any]] = []
        self._news = asyncio.Event()
        dispatch: Callable[..., None] = client.dispatch

        def note(event: str, /, *arguments: Any, **more: Any) -> None:  # noqa: ANN401
            self.seen.append((event, arguments[0] if arguments else None))
            self._news.set()
            dispatch(event, *arguments, **more)

        cast("Any", client).dispatch = note
        client._connection.dispatch = note

    async def wait_for(self, event: str) -> Any:  # noqa: ANN401 whatever discord.py hands out
        async with asyncio.timeout(10):
            while True:
                for name, value in self.seen:
                    if name == event:
                        return value
                self._news.clear()
                await self._news.wait()

    async def count(self, event: str, times: int) -> list[Any]:
        """Wait until an event has come so often and return what came with each."""
        async with asyncio.timeout(10):
            while len(found := [value for name, value in self.seen if name == event]) < times:
                self._news.clear()
                await self._news.wait()
        return found

    def names(self) -> set[str]:
        return {name for name, _ in self.seen}


@asynccontextmanager
async def connected(practice: Practice, client: discord.Client) -> AsyncIterator[Watcher]:
    """Run a client until the block ends; it is ready at the beginning."""
    watcher = Watcher(client)
    # READY is only announced so long after the last guild: two seconds unless told.
    client._connection.guild_ready_timeout = 0.05
    running = asyncio.create_task(client.start(practice.bot_token))
    try:
        ready = asyncio.create_task(watcher.wait_for("ready"))
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            ready.cancel()
            running.result()
        yield watcher
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
