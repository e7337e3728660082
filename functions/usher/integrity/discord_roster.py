"""What the check asks Discord beside the invites, with the bot's token."""

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.errors import ContractError
from usher.contracts.wire import as_fields, read_snowflake, read_time, unless_none
from usher.ids import GuildId, UserId
from usher.integrity.ports import HushError, Present
from usher.integrity.present import PAGE
from usher.platform.discord_rest import DiscordError, RefusedError

NOBODY: Final = frozenset({10007, 10013})
"""Unknown Member and Unknown User (Discord: JSON Error Codes)."""


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordRoster:
    """Implements Discord. A refusal is an answer; a limit or no answer is HushError."""

    rest: Rest

    def own_id(self) -> UserId:
        """Say who the bot is."""
        return UserId(str(as_fields(self._get("/users/@me"), "user").get("id")))

    def is_there(self, guild_id: GuildId) -> bool:
        """Say whether Usher is in a guild."""
        return self._get(_guild(guild_id)) is not None

    def members(self, guild_id: GuildId, after: UserId) -> list[Present] | None:
        """Read the thousand members after a user; None where Discord refuses."""
        body = self._get(f"{_guild(guild_id)}/members?limit={PAGE}&after={_part(after)}")
        if body is None:
            return None
        if not isinstance(body, list):
            raise HushError
        return [_present(item) for item in body]

    def is_member(self, guild_id: GuildId, user_id: UserId) -> bool:
        """Say whether a user is a member."""
        try:
            self.rest.call("GET", f"{_guild(guild_id)}/members/{_part(user_id)}")
        except RefusedError as error:
            if error.code in NOBODY:
                return False
            raise HushError from error
        except DiscordError as error:
            raise HushError from error
        return True

    def is_banned(self, guild_id: GuildId, user_id: UserId) -> bool | None:
        """Say whether a user is banned; None where Discord refuses to say."""
        try:
            self.rest.call("GET", f"{_guild(guild_id)}/bans/{_part(user_id)}")
        except RefusedError as error:
            return False if error.status == 404 else None
        except DiscordError as error:
            raise HushError from error
        return True

    def _get(self, route: str) -> object:
        """Read something; None where it is not there, or not for us."""
        try:
            return self.rest.call("GET", route)
        except RefusedError:
            return None
        except DiscordError as error:
            raise HushError from error


def _guild(guild_id: GuildId) -> str:
    return f"/guilds/{_part(guild_id)}"


def _part(text: str) -> str:
    return quote(text, safe="")


def _present(item: object) -> Present:
    try:
        fields = as_fields(item, "member")
        user = as_fields(fields.get("user"), "user")
        return Present(
            UserId(read_snowflake(user, "id")),
            unless_none(fields, "joined_at", read_time),
            unless_none(fields, "communication_disabled_until", read_time),
            user.get("bot") is True,
        )
    except ContractError as error:
        raise HushError from error
