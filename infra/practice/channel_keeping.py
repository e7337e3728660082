"""Channels as they are kept: made, changed, deleted, with their exceptions, threads and events."""

from infra.practice.audit import AuditAction, audit, differences
from infra.practice.entities import Channel, Guild, Overwrite, Thread
from infra.practice.errors import UNKNOWN_OVERWRITE, ApiError
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import PRIVATE_THREAD, channel_json
from infra.practice.world import World

ROLE, PERSON = 0, 1
_THREAD_FIELDS = ("archived", "locked", "invitable", "auto_archive_duration")


def put_overwrite(
    world: World,
    guild: Guild,
    channel: Channel,
    overwrite: Overwrite,
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Make a channel's exception for a role or a member exactly this."""
    entry = _set_overwrite(world, guild, channel, overwrite, actor_id, reason)
    return [] if entry is None else [announced(world, guild, channel), entry]


def drop_overwrite(
    world: World,
    guild: Guild,
    channel: Channel,
    target_id: str,
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Take a channel's exception away (10009 where there is none)."""
    overwrite = next((item for item in channel.overwrites if item.id == target_id), None)
    if overwrite is None:
        raise ApiError(UNKNOWN_OVERWRITE)
    entry = _drop(world, guild, channel, overwrite, actor_id, reason)
    return [announced(world, guild, channel), entry]


def replace_overwrites(
    world: World,
    guild: Guild,
    channel: Channel,
    wanted: list[Overwrite],
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Make a channel's exceptions exactly these: an entry each, no event of the channel."""
    kept = {item.id for item in wanted}
    gone = [item for item in channel.overwrites if item.id not in kept]
    entries = [_drop(world, guild, channel, item, actor_id, reason) for item in gone]
    for overwrite in wanted:
        entry = _set_overwrite(world, guild, channel, overwrite, actor_id, reason)
        if entry is not None:
            entries.append(entry)
    channel.overwrites.sort(key=lambda item: [one.id for one in wanted].index(item.id))
    return list(entries)


def change_channel(
    world: World,
    guild: Guild,
    channel: Channel,
    fields: JsonObject,
    actor_id: str,
    reason: str | None = None,
) -> Dispatches:
    """Set fields of a channel or thread: one entry for what differs, no event of the channel."""
    before: JsonObject = {name: _read(channel, name) for name in fields}
    for name, value in fields.items():
        holder = channel.thread if name in _THREAD_FIELDS else channel
        setattr(holder, name, value)
    if channel.thread is not None and before.get("archived") != fields.get("archived"):
        channel.thread.archive_timestamp = world.now
    changes = differences(before, fields)
    if not changes:
        return []
    action = AuditAction.CHANNEL_UPDATE if channel.thread is None else AuditAction.THREAD_UPDATE
    return [audit(world, guild, action, actor_id, channel.id, changes=changes, reason=reason)]


def make_channel(
    world: World, guild: Guild, channel: Channel, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Add a channel to a guild."""
    guild.channels[channel.id] = channel
    named: list[JsonObject] = [
        {"key": "name", "new_value": channel.name},
        {"key": "type", "new_value": channel.type},
    ]
    action = AuditAction.CHANNEL_CREATE
    entry = audit(world, guild, action, actor_id, channel.id, changes=named, reason=reason)
    return [announced(world, guild, channel, "CHANNEL_CREATE"), entry]


def open_thread(
    world: World, guild: Guild, thread: Channel, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Add a thread to a guild."""
    guild.threads[thread.id] = thread
    named: list[JsonObject] = [{"key": "name", "new_value": thread.name}]
    action = AuditAction.THREAD_CREATE
    entry = audit(world, guild, action, actor_id, thread.id, changes=named, reason=reason)
    created = announced(world, guild, thread, "THREAD_CREATE")
    created.data["newly_created"] = True
    return [created, entry]


def delete_channel(
    world: World, guild: Guild, channel: Channel, actor_id: str, reason: str | None = None
) -> Dispatches:
    """Remove a channel or thread with the messages in it.

    A channel takes its threads and invites along; what stood in a category stays without it.
    """
    named: list[JsonObject] = [{"key": "name", "old_value": channel.name}]
    if channel.thread is not None:
        action, events = AuditAction.THREAD_DELETE, [_drop_thread(world, guild, channel)]
    else:
        action, events = AuditAction.CHANNEL_DELETE, _drop_channel(world, guild, channel)
    entry = audit(world, guild, action, actor_id, channel.id, changes=named, reason=reason)
    return [*events, entry]


def _drop_thread(world: World, guild: Guild, thread: Channel) -> Dispatch:
    del guild.threads[thread.id]
    world.state.messages.pop(thread.id, None)
    gone: JsonObject = {
        "id": thread.id,
        "guild_id": guild.id,
        "parent_id": thread.parent_id,
        "type": thread.type,
    }
    return Dispatch("THREAD_DELETE", gone, guild.id, Intents.GUILDS)


def _drop_channel(world: World, guild: Guild, channel: Channel) -> Dispatches:
    deleted = announced(world, guild, channel, "CHANNEL_DELETE")
    for thread in [it for it in guild.threads.values() if it.parent_id == channel.id]:
        _drop_thread(world, guild, thread)
    guild.invites = {code: it for code, it in guild.invites.items() if it.channel_id != channel.id}
    del guild.channels[channel.id]
    world.state.messages.pop(channel.id, None)
    orphans = [it for it in guild.channels.values() if it.parent_id == channel.id]
    for orphan in orphans:
        orphan.parent_id = None
    return [deleted, *[announced(world, guild, orphan) for orphan in orphans]]


def announced(world: World, guild: Guild, channel: Channel, name: str | None = None) -> Dispatch:
    """Announce a channel or thread; that it changed unless told."""
    changed = "CHANNEL_UPDATE" if channel.thread is None else "THREAD_UPDATE"
    data = channel_json(world, channel)
    return Dispatch(name or changed, data, guild.id, Intents.GUILDS, channel_id=channel.id)


def new_thread(world: World, parent: Channel, name: str, kind: int, owner_id: str) -> Channel:
    """Make a thread that is in no guild yet; its maker is in it."""
    now = world.now
    about = Thread(owner_id, now, now, member_ids=[owner_id], invitable=kind == PRIVATE_THREAD)
    return Channel(
        id=world.new_id(),
        guild_id=parent.guild_id,
        name=name,
        type=kind,
        parent_id=parent.id,
        thread=about,
    )


def _set_overwrite(
    world: World,
    guild: Guild,
    channel: Channel,
    overwrite: Overwrite,
    actor_id: str,
    reason: str | None,
) -> Dispatch | None:
    for place, old in enumerate(channel.overwrites):
        if old.id == overwrite.id:
            if (old.allow, old.deny) == (overwrite.allow, overwrite.deny):
                return None
            channel.overwrites[place] = overwrite
            changes = differences(_bits(old), _bits(overwrite))
            action = AuditAction.CHANNEL_OVERWRITE_UPDATE
            break
    else:
        channel.overwrites.append(overwrite)
        changes = differences({}, {"id": overwrite.id, "type": overwrite.type, **_bits(overwrite)})
        action = AuditAction.CHANNEL_OVERWRITE_CREATE
    about = _about(guild, overwrite)
    return audit(
        world, guild, action, actor_id, channel.id, changes=changes, options=about, reason=reason
    )


def _drop(
    world: World,
    guild: Guild,
    channel: Channel,
    overwrite: Overwrite,
    actor_id: str,
    reason: str | None,
) -> Dispatch:
    channel.overwrites = [item for item in channel.overwrites if item.id != overwrite.id]
    before: JsonObject = {"id": overwrite.id, "type": overwrite.type, **_bits(overwrite)}
    changes: list[JsonObject] = [{"key": key, "old_value": it} for key, it in before.items()]
    action, about = AuditAction.CHANNEL_OVERWRITE_DELETE, _about(guild, overwrite)
    return audit(
        world, guild, action, actor_id, channel.id, changes=changes, options=about, reason=reason
    )


def _bits(overwrite: Overwrite) -> JsonObject:
    return {"allow": str(overwrite.allow), "deny": str(overwrite.deny)}


def _about(guild: Guild, overwrite: Overwrite) -> JsonObject:
    about: JsonObject = {"id": overwrite.id, "type": str(overwrite.type)}
    if overwrite.type == ROLE and overwrite.id in guild.roles:
        about["role_name"] = guild.roles[overwrite.id].name
    return about


def _read(channel: Channel, name: str) -> str | int | bool | None:
    holder = channel.thread if name in _THREAD_FIELDS else channel
    found: str | int | bool | None = getattr(holder, name)
    return found
