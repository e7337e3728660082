"""Members-search as a call of Discord's REST API (undocumented: research, userdoccers guild)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from usher.attribution.confirming_ports import SearchLimitedError, SearchRefusedError
from usher.ids import GuildId
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordMembersSearch:
    """Implements MembersSearch."""

    rest: Rest

    def search(self, guild_id: GuildId, body: Mapping[str, object]) -> object:
        """Search; raises SearchRefusedError, SearchLimitedError.

        Also raises UnauthorizedError for a refused token and UnavailableError for no answer.
        """
        route = f"/guilds/{quote(guild_id, safe='')}/members-search"
        try:
            return self.rest.call("POST", route, dict(body))
        except RateLimitedError as error:
            raise SearchLimitedError(error.retry_after, everywhere=error.everywhere) from error
        except (UnauthorizedError, UnavailableError):
            raise
        except DiscordError as error:
            raise SearchRefusedError(error.status, error.code) from error
