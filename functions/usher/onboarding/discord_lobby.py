"""Channels and messages with buttons through Discord's REST API, with the bot's token."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from usher.contracts.wire import Fields, as_fields
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.ports import Lobby
from usher.onboarding.rooms import Channel, Overwrite, rooms
from usher.platform.discord_messages import Rest
from usher.platform.discord_rest import RefusedError, UnavailableError
from usher.rewards.ports import Discord
from usher.slash.replies import Json


class Post(Protocol):
    """Sends messages; raises RefusedError where that cannot be done."""

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        """Post a message; one of the same id within minutes is not posted again."""
        ...

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where their direct messages are closed."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordLobby:
    """Implements Door. Raises DiscordError but for the refusals that it returns."""

    rest: Rest
    discord: Discord
    post: Post

    def lobby(self, guild_id: GuildId, newcomer: Collection[RoleId]) -> Lobby:
        """Read the channels; none where Usher may not."""
        hall = self.discord.hall(guild_id)
        route = f"/guilds/{quote(guild_id, safe='')}"
        try:
            guild = as_fields(self.rest.call("GET", route), "guild")
            listed = self.rest.call("GET", f"{route}/channels")
        except RefusedError:
            return Lobby(None, ())
        if hall is None or not isinstance(listed, list):
            raise UnavailableError(0)
        found = [_channel(as_fields(one, "channel")) for one in listed]
        system = guild.get("system_channel_id")
        return Lobby(
            ChannelId(system) if isinstance(system, str) else None, rooms(hall, found, newcomer)
        )

    def say(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> bool:
        """Post a message, once for an id within minutes; False where Discord refuses."""
        try:
            self.post.send(guild_id, channel_id, message_id, body)
        except RefusedError:
            return False
        return True

    def say_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where that cannot be done."""
        try:
            return self.post.send_directly(user_id, message_id, body)
        except RefusedError:
            return False


def _channel(fields: Fields) -> Channel:
    kind, position = fields.get("type"), fields.get("position")
    overwrites = fields.get("permission_overwrites")
    return Channel(
        channel_id=ChannelId(str(fields.get("id"))),
        name=str(fields.get("name") or ""),
        type=kind if isinstance(kind, int) else -1,
        position=position if isinstance(position, int) else 0,
        overwrites=tuple(
            _overwrite(as_fields(one, "overwrite"))
            for one in (overwrites if isinstance(overwrites, list) else ())
        ),
    )


def _overwrite(fields: Fields) -> Overwrite:
    return Overwrite(str(fields.get("id")), _bits(fields, "allow"), _bits(fields, "deny"))


def _bits(fields: Fields, name: str) -> int:
    found = fields.get(name)
    return int(found) if isinstance(found, str) and found.isdecimal() else 0
