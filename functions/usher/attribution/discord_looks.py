"""A look at a guild's invites by Discord's REST API, with the bot's token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from usher.attribution.sync_ports import (
    LookError,
    LookLimitedError,
    LookRefusedError,
    LookUnavailableError,
    TokenRefusedError,
)
from usher.attribution.sync_service import Seen
from usher.contracts.discord_invites import names_of, read_invites
from usher.contracts.errors import ContractError
from usher.contracts.observation import InviteLook, VanityLook
from usher.contracts.wire import as_fields, read_code, read_count, unless_none
from usher.ids import GuildId
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
)


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordLooks:
    """Implements the synchronisation's Looks."""

    rest: Rest
    clock: Callable[[], datetime]

    def look(self, guild_id: GuildId, *, vanity: bool) -> Seen:
        """Ask for the invites and, if told, for the vanity code; raises LookError."""
        route = f"/guilds/{quote(guild_id, safe='')}"
        try:
            body = self.rest.call("GET", f"{route}/invites")
            if not isinstance(body, list):
                raise LookUnavailableError
            rows = read_invites(body)
        except ContractError as error:
            raise LookUnavailableError from error
        except DiscordError as error:
            raise _failed(error) from error
        look = InviteLook(at=self.clock(), status=200, rows=rows)
        return Seen(look, self._vanity(route) if vanity else None, names_of(body))

    def _vanity(self, route: str) -> VanityLook | None:
        """Ask for the vanity code; None for no observation of it."""
        try:
            fields = as_fields(self.rest.call("GET", f"{route}/vanity-url"), "vanity")
            code = unless_none(fields, "code", read_code)
            uses = unless_none(fields, "uses", read_count)
        except (ContractError, DiscordError):
            return None
        return VanityLook(at=self.clock(), status=200, code=code, uses=uses)


def _failed(error: DiscordError) -> LookError:
    match error:
        case RateLimitedError():
            return LookLimitedError(error.retry_after)
        case RefusedError():
            return LookRefusedError()
        case UnauthorizedError():
            return TokenRefusedError()
        case _:
            return LookUnavailableError()
