"""Channels and messages with buttons through Discord's REST API, with the bot's token."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.wire import Fields, as_fields
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.ports import Lobby
from usher.onboarding.rooms import Channel, Overwrite, rooms
from usher.platform.discord_messages import Rest
from usher.platform.discord_rest import RefusedError, UnavailableError
from usher.rewards.ports import Discord
from usher.slash.replies import Json

STALE: Final = timedelta(seconds=5)


class Post(Protocol):
    """Sends messages; raises RefusedError where that cannot be done."""

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        """Post a message; one of the same id within minutes is not posted again."""
        ...

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where their direct messages are closed."""
        ...


@dataclass(slots=True)
class DiscordLobby:
    """Implements Door. Channels are remembered for some seconds: many may come at once.

    Raises DiscordError but for the refusals that it returns.
    """

    rest: Rest
    discord: Discord
    post: Post
    clock: Callable[[], datetime]
    _channels: dict[GuildId, tuple[datetime, list[Channel]]] = field(default_factory=dict)

    def lobby(self, guild_id: GuildId, newcomer: Collection[RoleId]) -> Lobby:
        """Read the channels; none where Usher may not."""
        hall = self.discord.hall(guild_id)
        if hall is None:
            return Lobby("", None, ())
        found = rooms(hall, self._read(guild_id), newcomer)
        return Lobby(hall.name, hall.system_channel_id, found)

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

    def _read(self, guild_id: GuildId) -> list[Channel]:
        now = self.clock()
        read_at, channels = self._channels.get(guild_id, (now - STALE, []))
        if not read_at <= now < read_at + STALE:
            try:
                listed = self.rest.call("GET", f"/guilds/{quote(guild_id, safe='')}/channels")
            except RefusedError:
                return []
            if not isinstance(listed, list):
                raise UnavailableError(0)
            channels = [_channel(as_fields(one, "channel")) for one in listed]
            self._channels = {guild_id: (now, channels)}
        return channels


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
