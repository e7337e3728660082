"""The two requests of a look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from discord.http import HTTPClient, Route

from gateway_listener.asking import Asker
from gateway_listener.look import NO_VANITY
from gateway_listener.looker import Answer
from usher.ids import GuildId

LONGEST_LOOK: Final = 15.0
"""Seconds after which a look counts as failed, whatever discord.py still tries."""
VANITY_MEMORY: Final = timedelta(hours=1)
"""How long a guild is known to have no vanity code: each refusal counts towards Discord's ban."""


class DiscordLooks:
    """Looks by Discord's REST API. The HTTP client must have been made with `tracing`."""

    def __init__(self, http: HTTPClient, clock: Callable[[], datetime]) -> None:
        self._asker = Asker(http, clock)
        self._clock = clock
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
        await self._asker.close()

    async def _ask(self, path: str, guild_id: GuildId) -> Answer:
        route = Route("GET", path, guild_id=guild_id)
        return await self._asker.ask(route, LONGEST_LOOK, (path, guild_id))
