"""Roles, members and messages through Discord's REST API, with the bot's token."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, as_fields
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.platform.discord_rest import RefusedError, UnavailableError
from usher.rewards.hierarchy import Hall, Obstacle, Role
from usher.rewards.ports import Holder

STALE: Final = timedelta(seconds=5)
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_ROLE: Final = 10011
UNKNOWN_USER: Final = 10013


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(slots=True)
class DiscordHall:
    """Implements Discord. Guilds are remembered for some seconds: a sweep looks at many members.

    Raises DiscordError; what no Discord answers counts as no answer.
    """

    rest: Rest
    clock: Callable[[], datetime]
    _own_id: UserId | None = None
    _halls: dict[GuildId, tuple[datetime, Hall | None]] = field(default_factory=dict)

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it."""
        now = self.clock()
        read_at, hall = self._halls.get(guild_id, (None, None))
        if fresh or read_at is None or not read_at <= now < read_at + STALE:
            with _understood():
                hall = self._read(guild_id)
            self._halls = {guild_id: (now, hall)}
        return hall

    def holder(self, guild_id: GuildId, user_id: UserId) -> Holder | None:
        """Read a member; None for who is none."""
        try:
            body = self.rest.call("GET", f"/guilds/{_part(guild_id)}/members/{_part(user_id)}")
        except RefusedError:
            return None
        with _understood():
            fields = as_fields(body, "member")
        return Holder(_roles(fields), fields.get("pending") is True)

    def change_role(
        self, guild_id: GuildId, user_id: UserId, role_id: RoleId, *, present: bool, reason: str
    ) -> Obstacle | None:
        """Give a role or take it; say what was in the way. Who is no member is no obstacle."""
        route = f"/guilds/{_part(guild_id)}/members/{_part(user_id)}/roles/{_part(role_id)}"
        try:
            self.rest.call("PUT" if present else "DELETE", route, reason=reason)
        except RefusedError as error:
            if error.code == UNKNOWN_ROLE:
                return Obstacle.GONE
            gone = error.code in (UNKNOWN_MEMBER, UNKNOWN_USER)
            return None if gone else Obstacle.REFUSED
        return None

    def post(
        self, channel_id: ChannelId, message_id: str, content: str, mention: UserId | None = None
    ) -> bool:
        """Post a message, once for an id within minutes; False where Discord refuses."""
        mentions: dict[str, list[str]] = {"parse": []}
        if mention is not None:
            mentions["users"] = [mention]
        body = {
            "content": content,
            "nonce": message_id,
            "enforce_nonce": True,
            "allowed_mentions": mentions,
        }
        try:
            self.rest.call("POST", f"/channels/{_part(channel_id)}/messages", body)
        except RefusedError:
            return False
        return True

    def _read(self, guild_id: GuildId) -> Hall | None:
        own_id = self._own_id or UserId(_id(as_fields(self.rest.call("GET", "/users/@me"), "user")))
        self._own_id = own_id
        route = f"/guilds/{_part(guild_id)}"
        try:
            guild = as_fields(self.rest.call("GET", route), "guild")
            own = as_fields(self.rest.call("GET", f"{route}/members/{own_id}"), "member")
        except RefusedError:
            return None
        rows = guild.get("roles")
        if not isinstance(rows, list):
            raise ContractError("roles of a guild")
        roles = [_role(as_fields(row, "role")) for row in rows]
        system = guild.get("system_channel_id")
        return Hall(
            guild_id=guild_id,
            name=str(guild.get("name") or ""),
            owner_id=UserId(str(guild.get("owner_id"))),
            roles={role.role_id: role for role in roles},
            own_id=own_id,
            own_roles=_roles(own),
            system_channel_id=ChannelId(system) if isinstance(system, str) else None,
        )


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except ContractError as error:
        raise UnavailableError(0) from error


def _role(fields: Fields) -> Role:
    position, bits = fields.get("position"), fields.get("permissions")
    if not isinstance(position, int) or not isinstance(bits, str) or not bits.isdecimal():
        raise ContractError("role")
    return Role(
        role_id=RoleId(_id(fields)),
        name=str(fields.get("name") or ""),
        position=position,
        permissions=int(bits),
        managed=fields.get("managed") is True,
    )


def _roles(member: Fields) -> frozenset[RoleId]:
    found = member.get("roles")
    return frozenset(RoleId(str(one)) for one in found) if isinstance(found, list) else frozenset()


def _id(fields: Fields) -> str:
    found = fields.get("id")
    if not isinstance(found, str):
        raise ContractError("id")
    return found


def _part(text: str) -> str:
    return quote(text, safe="")
