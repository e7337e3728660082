"""People, guilds and messages through Discord's REST API, with the bot's token."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.discord_records import read_person
from usher.contracts.wire import Fields, as_fields, read_snowflake, read_time, unless_none
from usher.greeting.model import Face, Place
from usher.ids import ChannelId, GuildId, UserId
from usher.platform.discord_rest import DiscordError, RefusedError
from usher.slash.replies import Json

UNKNOWN_MEMBER: Final = 10007
UNKNOWN_USER: Final = 10013
CLOSED: Final = frozenset({50007, 50278})
"""Cannot send messages to this user; and because of no server in common (JSON error codes)."""
PICTURES: Final = "https://cdn.discordapp.com"
"""API reference: Image Formatting."""
SIZE: Final = 256


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordPeople:
    """Implements People. Raises DiscordError, and ContractError for what no Discord answers."""

    rest: Rest

    def member(self, guild_id: GuildId, user_id: UserId) -> Face | None:
        """Read a member; None for who is none."""
        route = f"/guilds/{_part(guild_id)}/members/{_part(user_id)}"
        fields = self._read(route)
        return None if fields is None else _face(fields)

    def user(self, user_id: UserId) -> Face | None:
        """Read any user; None for who does not exist."""
        fields = self._read(f"/users/{_part(user_id)}")
        return None if fields is None else _face({"user": fields})

    def place(self, guild_id: GuildId) -> Place:
        """Read a guild and about how many members it has."""
        fields = as_fields(
            self.rest.call("GET", f"/guilds/{_part(guild_id)}?with_counts=true"), "guild"
        )
        name, members = fields.get("name"), fields.get("approximate_member_count")
        return Place(
            name if isinstance(name, str) else "", members if isinstance(members, int) else None
        )

    def _read(self, route: str) -> Fields | None:
        try:
            return as_fields(self.rest.call("GET", route), "answer")
        except RefusedError as error:
            if error.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
                return None
            raise


@dataclass(frozen=True, slots=True)
class DiscordPost:
    """Implements Post. Raises DiscordError; RefusedError where the channel cannot be written to.

    A category, or what Discord finds wrong with a message, is a refusal too: no retry helps.
    """

    rest: Rest
    silent: Callable[[GuildId, ChannelId], None]
    """Told of a guild's channel that cannot be written to."""

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        """Post a message; Discord does not post one of the same nonce again for some minutes."""
        try:
            self._say(channel_id, message_id, body)
        except RefusedError as error:
            if error.status in (403, 404):
                self.silent(guild_id, channel_id)
            raise

    def _say(self, channel_id: ChannelId, message_id: str, body: Json) -> None:
        named = {**body, "nonce": message_id, "enforce_nonce": True}
        self._post(f"/channels/{_part(channel_id)}/messages", named)

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where their direct messages are closed."""
        try:
            opened = self._post("/users/@me/channels", {"recipient_id": user_id})
            channel = ChannelId(read_snowflake(as_fields(opened, "channel"), "id"))
            self._say(channel, message_id, body)
        except RefusedError as error:
            if error.code in CLOSED:
                return False
            raise
        return True

    def _post(self, route: str, body: Json) -> object:
        try:
            return self.rest.call("POST", route, body)
        except DiscordError as error:
            if error.status == 400:
                raise RefusedError(error.status, error.code) from error
            raise


def _face(member: Fields) -> Face:
    person = read_person(member)
    user = as_fields(member.get("user"), "user")
    return Face(
        user_id=person.user_id,
        username=person.username,
        display_name=person.display_name,
        discriminator=person.discriminator,
        bot=person.bot,
        avatar=_picture(person.user_id, user.get("avatar")),
        joined_at=unless_none(member, "joined_at", read_time),
        pending=member.get("pending") is True,
    )


def _picture(user_id: UserId, avatar: object) -> str:
    if isinstance(avatar, str) and avatar:
        return f"{PICTURES}/avatars/{user_id}/{_part(avatar)}.png?size={SIZE}"
    return f"{PICTURES}/embed/avatars/{(int(user_id) >> 22) % 6}.png"


def _part(text: str) -> str:
    return quote(text, safe="")
