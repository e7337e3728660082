"""Sanctions and messages through Discord's REST API, with the bot's token."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, as_fields, read_snowflake, read_time, unless_none
from usher.ids import GuildId, RoleId, UserId
from usher.moderation.ports import (
    Account,
    ActError,
    Banned,
    ForbiddenError,
    Found,
    LimitedError,
    MissingError,
    UncertainError,
    WrongError,
)
from usher.platform.discord_messages import Rest
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)
from usher.rewards.hierarchy import Hall
from usher.times import format_time

NOBODY_BANNED: Final = 500_000
"""Discord's error code: Failed to ban users, none of them."""


class Halls(Protocol):
    """Guilds' roles, remembered for some seconds."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordSanctions:
    """Implements moderation's Discord."""

    rest: Rest
    halls: Halls

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it."""
        with understood():
            return self.halls.hall(guild_id, fresh=fresh)

    def member(self, guild_id: GuildId, user_id: UserId) -> Found | None:
        """Read a member; None for who is none."""
        body = self._read(f"{_member(guild_id, user_id)}")
        return None if body is None else _found(body)

    def account(self, user_id: UserId) -> Account | None:
        """Read any user; None for who does not exist."""
        body = self._read(f"/users/{part(user_id)}")
        if body is None:
            return None
        return Account(user_id, str(body.get("username") or ""), body.get("bot") is True)

    def banned(self, guild_id: GuildId, user_id: UserId) -> Banned | None:
        """Read a ban; None for none."""
        body = self._read(_ban(guild_id, user_id))
        return None if body is None else Banned(str(body.get("reason") or ""))

    def ban(self, guild_id: GuildId, user_id: UserId, delete_seconds: int, reason: str) -> None:
        """Ban a user, member or not; again changes nothing."""
        body = {"delete_message_seconds": delete_seconds}
        self._do("PUT", _ban(guild_id, user_id), body, reason)

    def ban_many(
        self, guild_id: GuildId, users: Collection[UserId], delete_seconds: int, reason: str
    ) -> frozenset[UserId]:
        """Ban up to 200 users at once; return who was not."""
        body = {"user_ids": [*users], "delete_message_seconds": delete_seconds}
        route = f"/guilds/{part(guild_id)}/bulk-ban"
        try:
            answer = self.rest.call("POST", route, body, reason=reason)
        except DiscordError as error:
            if error.code == NOBODY_BANNED:
                return frozenset(users)
            raise failed(error) from error
        failing = answer.get("failed_users") if isinstance(answer, dict) else None
        return frozenset(UserId(str(one)) for one in failing or ())

    def unban(self, guild_id: GuildId, user_id: UserId, reason: str) -> bool:
        """Lift a ban; False where there is none."""
        try:
            self._do("DELETE", _ban(guild_id, user_id), None, reason)
        except MissingError:
            return False
        return True

    def kick(self, guild_id: GuildId, user_id: UserId, reason: str) -> None:
        """Remove a member; MissingError for who is none."""
        self._do("DELETE", _member(guild_id, user_id), None, reason)

    def mute(self, guild_id: GuildId, user_id: UserId, until: datetime | None, reason: str) -> None:
        """Time a member out until then, None for no more; MissingError for who is none."""
        body = {"communication_disabled_until": None if until is None else format_time(until)}
        self._do("PATCH", _member(guild_id, user_id), body, reason)

    def _do(self, method: str, route: str, body: object, reason: str) -> None:
        with understood():
            self.rest.call(method, route, body, reason=reason)

    def _read(self, route: str) -> Fields | None:
        """Read something; None where it is not there."""
        try:
            with understood():
                return as_fields(self.rest.call("GET", route), "answer")
        except MissingError:
            return None


def _found(body: Fields) -> Found:
    with understood():
        user = as_fields(body.get("user"), "user")
        roles = body.get("roles")
        if not isinstance(roles, list):
            raise ContractError("roles of a member")
        return Found(
            user_id=UserId(read_snowflake(user, "id")),
            username=str(user.get("username") or ""),
            bot=user.get("bot") is True,
            roles=frozenset(RoleId(str(one)) for one in roles),
            joined_at=unless_none(body, "joined_at", read_time),
            muted_until=unless_none(body, "communication_disabled_until", read_time),
        )


@contextmanager
def understood() -> Iterator[None]:
    """Say in moderation's words what went wrong with Discord.

    That the token is refused is everybody's matter, and raised as it is.
    """
    try:
        yield
    except UnauthorizedError:
        raise
    except DiscordError as error:
        raise failed(error) from error
    except ContractError as error:
        raise UncertainError from error


def failed(error: DiscordError) -> ActError:
    """Put an error of Discord's into moderation's words."""
    match error:
        case RateLimitedError():
            return LimitedError(error.retry_after)
        case RefusedError(status=404):
            return MissingError()
        case RefusedError():
            return ForbiddenError()
        case UnavailableError():
            return UncertainError()
        case _:
            return WrongError()


def _member(guild_id: GuildId, user_id: UserId) -> str:
    return f"/guilds/{part(guild_id)}/members/{part(user_id)}"


def _ban(guild_id: GuildId, user_id: UserId) -> str:
    return f"/guilds/{part(guild_id)}/bans/{part(user_id)}"


def part(text: str) -> str:
    """Write a part of a route."""
    return quote(text, safe="")
