"""The things that options, menus and context menus name, found and written as `resolved`.

Source: Discord API reference, "Receiving and Responding to Interactions", section Resolved Data
Structure.
"""

import re
from dataclasses import dataclass, field

from infra.practice.entities import Channel, Guild, User
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import channel_json, role_json
from infra.practice.payloads.people import bare_member_json, user_json
from infra.practice.permissions import channel_permissions
from infra.practice.world import World

_MENTION = re.compile(r"<(?:@!?|@&|#)(\d+)>")
_PARTIAL_CHANNEL = (
    "id",
    "name",
    "type",
    "flags",
    "guild_id",
    "last_message_id",
    "nsfw",
    "parent_id",
    "position",
    "rate_limit_per_user",
    "thread_metadata",
    "topic",
)


class NotSendableError(ValueError):
    """The client would not let this be sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody acts: a channel of a guild, or the direct one with the bot."""

    channel: Channel
    user_id: str
    guild: Guild | None = None


@dataclass(slots=True)
class Resolved:
    """The things that somebody named; attachments and messages are kept as JSON."""

    users: list[User] = field(default_factory=list)
    role_ids: list[str] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    messages: list[JsonObject] = field(default_factory=list)


def plain_name(value: str) -> str:
    """Take the id out of a mention; anything else stays as it is."""
    return _MENTION.sub(r"\1", value).strip()


def find_user(world: World, guild: Guild | None, wanted: str) -> User | None:
    """Find a user by id, or a member by name."""
    if wanted in world.state.users:
        return world.state.users[wanted]
    plain = wanted.removeprefix("@").lower()
    for user_id in guild.members if guild is not None else ():
        user = world.user(user_id)
        if plain in (user.username.lower(), (user.global_name or "").lower()):
            return user
    return None


def find_role(guild: Guild, wanted: str) -> str | None:
    """Find a role by id or name."""
    return next((it.id for it in guild.roles.values() if wanted in (it.id, it.name)), None)


def find_channel(guild: Guild, wanted: str) -> Channel | None:
    """Find a channel or thread by id or name."""
    plain = wanted.removeprefix("#")
    places = (*guild.channels.values(), *guild.threads.values())
    return next((it for it in places if plain in (it.id, it.name)), None)


def resolved_json(world: World, place: Place, resolved: Resolved) -> JsonObject:
    """Write the `resolved` part; empty when nothing is named."""
    body: JsonObject = {}
    if resolved.users:
        body["users"] = {user.id: user_json(user) for user in resolved.users}
        members = _members(world, place, [user.id for user in resolved.users])
        if members:
            body["members"] = members
    if place.guild is not None and resolved.role_ids:
        body["roles"] = {role: role_json(place.guild.roles[role]) for role in resolved.role_ids}
    if place.guild is not None and resolved.channels:
        body["channels"] = {
            channel.id: _channel(world, place, place.guild, channel)
            for channel in resolved.channels
        }
    for name, items in (("attachments", resolved.attachments), ("messages", resolved.messages)):
        if items:
            body[name] = {str(item["id"]): item for item in items}
    return body


def _members(world: World, place: Place, user_ids: list[str]) -> JsonObject:
    """Write memberships with what each may do in this channel, overwrites included."""
    guild = place.guild
    if guild is None:
        return {}
    return {
        user_id: {
            **bare_member_json(guild.members[user_id]),
            "permissions": str(
                int(world.permissions(guild, guild.members[user_id], place.channel))
            ),
        }
        for user_id in user_ids
        if user_id in guild.members
    }


def _channel(world: World, place: Place, guild: Guild, channel: Channel) -> JsonObject:
    """Write a channel with what the invoking member and the application may do in it."""
    whole = channel_json(world, channel)
    held = world.permissions(guild, guild.members[place.user_id], channel)
    own = channel_permissions(guild, guild.members[world.bot.id], channel)
    return {
        **{name: whole[name] for name in _PARTIAL_CHANNEL if name in whole},
        "permissions": str(int(held)),
        "app_permissions": str(int(own)),
    }
