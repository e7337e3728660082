"""Stock discord.py with default caches: `python -m tests.bench.stock_client URL`."""

import asyncio
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket

from tests.bench.gateway_stub import TOKEN


async def main(url: str) -> None:
    discord.http.Route.BASE = f"{url}/api"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws"))
    intents = discord.Intents(guilds=True, members=True, invites=True, moderation=True)
    await discord.Client(intents=intents, chunk_guilds_at_startup=False).start(TOKEN)


asyncio.run(main(sys.argv[1]))
