"""Letting people in by Discord's REST API, with the bot's token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.platform.discord_bodies import Upload
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
)
from usher.referrals.entering import Ending, NoEntryError, Readiness, Signed, Standing

LIFE_SECONDS: Final = 600
UNKNOWN_INVITE: Final = 10006
LIST_DONE: Final = 2
LIST_FAILED: Final = 3
_UNKNOWN: Final = frozenset({10007, 10013, 10026})
"""No such member, user or ban (JSON Error Codes)."""
_ENDINGS: Final[Mapping[int, Ending]] = {
    30001: Ending.TOO_MANY,
    30016: Ending.CROWDED,
    30019: Ending.FULL,
    30031: Ending.FULL,
    40007: Ending.BANNED,
    50025: Ending.REFUSED,
    50026: Ending.REFUSED,
}
"""By Discord's own error code (JSON Error Codes)."""


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self,
        method: str,
        route: str,
        body: object = None,
        *,
        reason: str | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordDoor:
    """Implements Door."""

    rest: Rest

    def standing(self, guild_id: GuildId, user_id: UserId) -> Standing:
        """Tell what somebody is to a guild; bans as far as Usher may see them."""
        guild = f"/guilds/{_part(guild_id)}"
        if self._found(f"{guild}/members/{_part(user_id)}"):
            return Standing.MEMBER
        try:
            banned = self._found(f"{guild}/bans/{_part(user_id)}")
        except NoEntryError as error:
            if error.ending is not Ending.UNABLE:
                raise
            banned = False  # without Ban Members nobody tells; Discord will, when they come
        return Standing.BANNED if banned else Standing.STRANGER

    def add(self, guild_id: GuildId, signed: Signed) -> bool:
        """Add somebody to a guild; False where they were in it already."""
        route = f"/guilds/{_part(guild_id)}/members/{_part(signed.user_id)}"
        try:
            # 201 with the member; 204 without a body for who is one already.
            return self.rest.call("PUT", route, {"access_token": signed.token}) is not None
        except DiscordError as error:
            raise _no_entry(error) from error

    def invite(self, channel_id: ChannelId, user_id: UserId, reason: str) -> InviteCode:
        """Make an invite of one use and ten minutes for one person."""
        body = {"max_age": LIFE_SECONDS, "max_uses": 1, "unique": True}
        users = Upload("users.csv", f"user_id\n{user_id}\n".encode(), "text/csv")
        try:
            made = self.rest.call(
                "POST",
                f"/channels/{_part(channel_id)}/invites",
                body,
                reason=reason,
                files={"target_users_file": users},
            )
        except DiscordError as error:
            raise _no_entry(error) from error
        code = made.get("code") if isinstance(made, dict) else None
        if not isinstance(code, str) or not code:
            raise NoEntryError(Ending.UNAVAILABLE)
        return InviteCode(code)

    def ready(self, code: InviteCode) -> Readiness:
        """Whether the person whom an invite is for can use it by now.

        Discord works through the list after its answer (Get Target Users Job Status).
        """
        try:
            found = self.rest.call("GET", f"/invites/{_part(code)}/target-users/job-status")
        except DiscordError as error:
            if error.code == UNKNOWN_INVITE:
                return Readiness.GONE
            raise _no_entry(error) from error
        status = found.get("status") if isinstance(found, dict) else None
        if status == LIST_FAILED:
            raise NoEntryError(Ending.UNAVAILABLE)
        return Readiness.READY if status == LIST_DONE else Readiness.PENDING

    def _found(self, route: str) -> bool:
        try:
            self.rest.call("GET", route)
        except DiscordError as error:
            if error.code in _UNKNOWN:
                return False
            raise _no_entry(error) from error
        return True


def _no_entry(error: DiscordError) -> NoEntryError:
    if error.code in _ENDINGS:
        return NoEntryError(_ENDINGS[error.code])
    match error:
        case RateLimitedError():
            return NoEntryError(Ending.CROWDED, error.retry_after)
        case UnauthorizedError():
            return NoEntryError(Ending.UNAVAILABLE, error.retry_after)
        case RefusedError() | DiscordError(status=400):
            return NoEntryError(Ending.UNABLE)
        case _:
            return NoEntryError(Ending.UNAVAILABLE)


def _part(text: str) -> str:
    return quote(text, safe="")
