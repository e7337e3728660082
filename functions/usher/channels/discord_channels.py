"""Channels, their overwrites and messages through Discord's REST API, with the bot's token."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from usher.channels.model import Channel, Message, Overwrite
from usher.channels.ports import DeskGoneError
from usher.ids import ChannelId, GuildId
from usher.invites.discord_desk import failed
from usher.platform.discord_messages import Rest
from usher.platform.discord_rest import DiscordError, RefusedError
from usher.times import parse_time

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_OVERWRITE: Final = 10009


@dataclass(frozen=True, slots=True)
class DiscordChannels:
    """Implements ChannelDesk and MessageDesk."""

    rest: Rest

    def channel(self, channel_id: ChannelId) -> Channel | None:
        """Read a channel or thread; None where there is none any more."""
        try:
            with _asking():
                body = self.rest.call("GET", f"/channels/{_part(channel_id)}")
        except DeskGoneError:
            return None
        return _channel(_fields(body))

    def channels(self, guild_id: GuildId) -> Sequence[Channel]:
        """Read a guild's channels, threads apart."""
        with _asking():
            body = self.rest.call("GET", f"/guilds/{_part(guild_id)}/channels")
        return [_channel({"guild_id": guild_id, **_fields(one)}) for one in _list(body)]

    def put(self, channel_id: ChannelId, overwrite: Overwrite, reason: str) -> None:
        """Write an overwrite, whole."""
        route = f"/channels/{_part(channel_id)}/permissions/{_part(overwrite.id)}"
        body = {
            "type": 1 if overwrite.member else 0,
            "allow": str(overwrite.allow),
            "deny": str(overwrite.deny),
        }
        self._do("PUT", route, body, reason)

    def remove(self, channel_id: ChannelId, overwrite_id: str, reason: str) -> None:
        """Remove an overwrite; one that is gone is no error."""
        route = f"/channels/{_part(channel_id)}/permissions/{_part(overwrite_id)}"
        with _unless_gone():
            self._do("DELETE", route, None, reason)

    def slow(self, channel_id: ChannelId, seconds: int, reason: str) -> None:
        """Set how long members wait between two messages."""
        self._edit(channel_id, {"rate_limit_per_user": seconds}, reason)

    def lock_thread(self, channel_id: ChannelId, reason: str, *, locked: bool) -> None:
        """Lock a thread, or unlock it; an archived one is opened for that, as Discord asks."""
        self._edit(channel_id, {"archived": False, "locked": locked}, reason)

    def paused_until(self, guild_id: GuildId) -> datetime | None:
        """Read until when Discord lets nobody in by an invite; None for not at all."""
        with _asking():
            guild = _fields(self.rest.call("GET", f"/guilds/{_part(guild_id)}"))
        until = _fields(guild.get("incidents_data")).get("invites_disabled_until")
        return parse_time(until) if isinstance(until, str) else None

    def pause(self, guild_id: GuildId, until: datetime | None, reason: str) -> None:
        """Pause invites and direct messages among strangers until then; None for no more."""
        when = None if until is None else until.isoformat()
        body = {"invites_disabled_until": when, "dms_disabled_until": when}
        self._do("PUT", f"/guilds/{_part(guild_id)}/incident-actions", body, reason)

    def messages(self, channel_id: ChannelId, before: str | None, limit: int) -> Sequence[Message]:
        """Read messages, the newest first, that are older than one; None for the newest of all."""
        older = "" if before is None else f"&before={_part(before)}"
        route = f"/channels/{_part(channel_id)}/messages?limit={limit}{older}"
        with _asking():
            body = self.rest.call("GET", route)
        return [_message(_fields(one)) for one in _list(body)]

    def delete(self, channel_id: ChannelId, ids: Sequence[str], reason: str) -> None:
        """Delete up to 100 messages of the last 14 days; those that are gone are no error.

        Discord takes one message by its own route, and 2 to 100 together.
        """
        route = f"/channels/{_part(channel_id)}/messages"
        if len(ids) == 1:
            with _unless_gone():
                self._do("DELETE", f"{route}/{_part(ids[0])}", None, reason)
        elif ids:
            self._do("POST", f"{route}/bulk-delete", {"messages": list(ids)}, reason)

    def _edit(self, channel_id: ChannelId, fields: dict[str, object], reason: str) -> None:
        self._do("PATCH", f"/channels/{_part(channel_id)}", fields, reason)

    def _do(self, method: str, route: str, body: object, reason: str) -> None:
        with _asking():
            self.rest.call(method, route, body, reason=reason)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        gone = error.code in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_OVERWRITE)
        raise (DeskGoneError() if gone else failed(error)) from error
    except DiscordError as error:
        raise failed(error) from error


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except DeskGoneError as error:
        if getattr(error.__cause__, "code", 0) == UNKNOWN_CHANNEL:
            raise


def _channel(fields: dict[str, object]) -> Channel:
    thread = _fields(fields.get("thread_metadata"))
    parent = fields.get("parent_id")
    return Channel(
        ChannelId(str(fields.get("id"))),
        GuildId(str(fields.get("guild_id"))),
        _number(fields, "type"),
        str(fields.get("name") or ""),
        ChannelId(parent) if isinstance(parent, str) else None,
        tuple(_overwrites(_list(fields.get("permission_overwrites")))),
        _number(fields, "rate_limit_per_user"),
        thread.get("locked") is True,
        thread.get("archived") is True,
    )


def _overwrites(rows: Iterable[object]) -> Iterator[Overwrite]:
    for row in map(_fields, rows):
        allow, deny = (int(str(row.get(name) or 0)) for name in ("allow", "deny"))
        yield Overwrite(str(row.get("id")), row.get("type") == 1, allow, deny)


def _message(fields: dict[str, object]) -> Message:
    author = _fields(fields.get("author"))
    bot = author.get("bot") is True or "webhook_id" in fields
    pinned = fields.get("pinned") is True
    return Message(str(fields.get("id")), str(author.get("id")), bot, pinned)


def _number(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0


def _fields(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _part(text: str) -> str:
    return quote(text, safe="")
