"""Invites and messages made by Discord's REST API, with the bot's token."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from usher.contracts.effect import SendMessage
from usher.ids import ChannelId, GuildId, InviteCode
from usher.invites.ports import (
    DeskError,
    DeskFullError,
    DeskLimitedError,
    DeskRefusedError,
    DeskTokenError,
    DeskWrongError,
    Wish,
)
from usher.platform.discord_messages import Rest, send
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
)

TOO_MANY: Final = 30016
"""Discord's error code: the guild has its 1,000 invites."""
UNKNOWN_INVITE: Final = 10006


@dataclass(frozen=True, slots=True)
class DiscordDesk:
    """Implements InviteDesk."""

    rest: Rest

    def count(self, guild_id: GuildId) -> int | None:
        """Count the guild's invites; None where Discord does not show them."""
        try:
            found = _asked(lambda: self.rest.call("GET", f"/guilds/{_part(guild_id)}/invites"))
        except DeskRefusedError:
            return None
        return len(found) if isinstance(found, list) else None

    def create(self, wish: Wish, reason: str) -> InviteCode:
        """Make an invite; raises DeskError."""
        route = f"/channels/{_part(wish.channel_id)}/invites"
        body = {
            "max_age": wish.max_age,
            "max_uses": wish.max_uses,
            "temporary": wish.temporary,
            "unique": wish.unique,
        }
        made = _asked(lambda: self.rest.call("POST", route, body, reason=reason))
        code = made.get("code") if isinstance(made, dict) else None
        if not isinstance(code, str) or not code:
            raise DeskError
        return InviteCode(code)

    def revoke(self, code: InviteCode, reason: str) -> bool:
        """Revoke an invite; False where it was gone already. Raises DeskError."""
        try:
            self.rest.call("DELETE", f"/invites/{_part(code)}", reason=reason)
        except DiscordError as error:
            if error.code == UNKNOWN_INVITE:
                return False
            raise failed(error) from error
        return True

    def post(self, channel_id: ChannelId, words: str, message_id: str) -> None:
        """Post a message mentioning nobody, once for its id; raises DeskError."""
        message = SendMessage(message_id, GuildId(""), channel_id, words)
        _asked(lambda: send(self.rest, message))


def _asked[T](ask: Callable[[], T]) -> T:
    try:
        return ask()
    except DiscordError as error:
        raise failed(error) from error


def failed(error: DiscordError) -> DeskError:
    """Say what went wrong as commands know it."""
    if error.code == TOO_MANY:
        return DeskFullError()
    match error:
        case RateLimitedError():
            return DeskLimitedError(error.retry_after)
        case RefusedError():
            return DeskRefusedError()
        case UnauthorizedError():
            return DeskTokenError()
        case DiscordError(status=400):
            return DeskWrongError()
        case _:
            return DeskError()


def _part(text: str) -> str:
    return quote(text, safe="")
