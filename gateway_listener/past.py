"""The requests that tell what happened while nobody listened, and the bot's own guilds."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from discord.http import HTTPClient, Route

from gateway_listener.asking import Asker
from gateway_listener.errors import ObserveError
from gateway_listener.looker import Answer
from gateway_listener.missed import LOG_PAGE, PAGE
from gateway_listener.observe import guild_of
from gateway_listener.powers import OwnGuild
from usher.ids import GuildId

LONGEST_READ: Final = 60.0
"""Seconds after which a page counts as failed. Nothing waits for it but the next page."""
LONGEST_LIST: Final = 10.0
"""The session waits to be resumed meanwhile."""
GUILD_PAGE: Final = 200

log = logging.getLogger(__name__)


class DiscordPast:
    """Reads by Discord's REST API. The HTTP client must have been made with `tracing`."""

    def __init__(self, http: HTTPClient, clock: Callable[[], datetime]) -> None:
        self._asker = Asker(http, clock)

    async def search(self, guild_id: GuildId, body: Mapping[str, object]) -> Answer:
        """POST members-search."""
        route = Route("POST", "/guilds/{guild_id}/members-search", guild_id=guild_id)
        return await self._asker.ask(route, LONGEST_READ, json=body)

    async def members(self, guild_id: GuildId, after: str) -> Answer:
        """GET a page of members with ids above `after`."""
        route = Route("GET", "/guilds/{guild_id}/members", guild_id=guild_id)
        asked = {"limit": PAGE, "after": after}
        return await self._asker.ask(route, LONGEST_READ, params=asked)

    async def audit_log(self, guild_id: GuildId, action: int, before: str | None) -> Answer:
        """GET a page of the audit log, newest entry first, of entries older than `before`."""
        route = Route("GET", "/guilds/{guild_id}/audit-logs", guild_id=guild_id)
        asked = {"action_type": action, "limit": LOG_PAGE}
        older = {} if before is None else {"before": before}
        return await self._asker.ask(route, LONGEST_READ, params={**asked, **older})

    async def guilds(self) -> dict[GuildId, OwnGuild]:
        """List the bot's guilds; as far as Discord tells them now."""
        found: dict[GuildId, OwnGuild] = {}
        after = "0"
        while True:
            asked = {"limit": GUILD_PAGE, "after": after, "with_counts": "true"}
            answer = await self._asker.ask(
                Route("GET", "/users/@me/guilds"), LONGEST_LIST, params=asked
            )
            if not isinstance(answer.body, list):
                log.warning("Discord did not tell the bot's guilds.")
                return found
            before = len(found)
            for guild in answer.body:
                _add(found, guild)
            if len(answer.body) < GUILD_PAGE or len(found) == before:
                return found
            after = max(found, key=int)

    async def close(self) -> None:
        """End the requests that still run; the HTTP client must not be used after."""
        await self._asker.close()


def _add(found: dict[GuildId, OwnGuild], guild: object) -> None:
    try:
        fields = guild if isinstance(guild, dict) else {}
        guild_id = guild_of({"guild_id": fields.get("id")})
    except ObserveError as error:
        log.warning("One of the bot's guilds was left out: %s.", error.reason)
        return
    name, held = fields.get("name"), fields.get("permissions")
    permissions = int(held) if isinstance(held, str) and held.isdecimal() else 0
    members = fields.get("approximate_member_count")
    found[guild_id] = OwnGuild(
        name=name if isinstance(name, str) else "",
        permissions=permissions,
        members=members if isinstance(members, int) else None,
    )
