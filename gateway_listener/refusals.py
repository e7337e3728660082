"""Why Discord's gateway will not have the bot, by close code (Discord, opcodes and codes)."""

from typing import Final

REFUSED: Final = {
    4004: "Discord does not accept the bot's token: put the right one into the secret.",
    4010: "Discord says that this bot needs another number of shards.",
    4011: "Discord says that this bot is in too many guilds for one connection: it needs shards.",
    4012: "Discord does not accept the gateway version of discord.py.",
    4013: "Discord does not know the intents that were asked for.",
    4014: "Discord does not allow the intents that were asked for: turn on Server Members Intent "
    "for the application in the developer portal (Bot, Privileged Gateway Intents).",
}
"""Close codes that trying again does not heal, and what to do."""
