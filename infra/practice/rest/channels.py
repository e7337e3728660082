"""Channels and threads: read, made, changed, deleted.

Source: Discord API reference, "Channel" and "Guild", section Create Guild Channel.
"""

from infra.practice.channel_keeping import (
    announced,
    change_channel,
    delete_channel,
    make_channel,
    replace_overwrites,
)
from infra.practice.entities import Channel, Guild
from infra.practice.errors import MISSING_PERMISSIONS, THREAD_ARCHIVED, TOO_MANY_CHANNELS, ApiError
from infra.practice.forms import Form
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import channel_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.overwrites import check_change, read_overwrites
from infra.practice.rest.routing import Answer, Routes

LONGEST_SLOWMODE = 21_600
MOST_CHANNELS = 500
LONGEST_TOPIC = 1_024
ARCHIVE_AFTER = (60, 1_440, 4_320, 10_080)
TEXT, VOICE, CATEGORY = 0, 2, 4
routes = Routes()


@routes.add("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Answer:
    """Answer with a channel."""
    return Answer(channel_json(call.world, call.channel()))


@routes.add("POST", "/guilds/{guild_id}/channels")
async def create_channel(call: Call) -> Answer:
    """Make a text or voice channel or a category; exceptions need the bits that they change."""
    guild = call.guild()
    call.require(guild, Permission.MANAGE_CHANNELS)
    form = await call.form()
    kind = form.integer("type", 0, 16, TEXT)
    if kind not in (TEXT, VOICE, CATEGORY):
        form.errors.choices("type", "0, 2, 4")
    channel = Channel(
        id=call.world.new_id(),
        guild_id=guild.id,
        name=form.required_text("name", 1, 100),
        type=kind,
        position=len(guild.channels),
        topic=form.text("topic", LONGEST_TOPIC) or None,
        parent_id=_category(guild, form),
        rate_limit_per_user=form.integer("rate_limit_per_user", 0, LONGEST_SLOWMODE, 0),
        nsfw=form.boolean("nsfw"),
    )
    overwrites = read_overwrites(guild, form)
    form.check()
    if len(guild.channels) >= MOST_CHANNELS:
        raise ApiError(TOO_MANY_CHANNELS)
    check_change(call, guild, channel, overwrites)
    channel.overwrites = overwrites
    call.publish(make_channel(call.world, guild, channel, call.bot_id, call.reason))
    return Answer(channel_json(call.world, channel), status=201)


@routes.add("PATCH", "/channels/{channel_id}")
async def edit_channel(call: Call) -> Answer:
    """Change a channel (Manage Channels, Manage Roles for its exceptions) or a thread."""
    channel = call.channel()
    guild = call.world.guild(channel.guild_id or "")
    form = await call.form()
    fields = _fields(guild, form) if channel.thread is None else _thread_fields(form)
    overwrites = read_overwrites(guild, form) if "permission_overwrites" in form else None
    form.check()
    if channel.thread is not None:
        _check_thread(call, channel, fields)
    else:
        call.require_in(channel, Permission.MANAGE_CHANNELS)
    entries = []
    if overwrites is not None and channel.thread is None:
        call.require_in(channel, Permission.MANAGE_ROLES)
        check_change(call, guild, channel, overwrites)
        entries += replace_overwrites(
            call.world, guild, channel, overwrites, call.bot_id, call.reason
        )
    entries += change_channel(call.world, guild, channel, fields, call.bot_id, call.reason)
    call.publish([announced(call.world, guild, channel), *entries] if entries else [])
    return Answer(channel_json(call.world, channel))


@routes.add("DELETE", "/channels/{channel_id}")
async def remove_channel(call: Call) -> Answer:
    """Delete a channel (Manage Channels) or thread (Manage Threads); answers with it."""
    channel = call.channel()
    guild = call.world.guild(channel.guild_id or "")
    thread = channel.thread is not None
    call.require_in(channel, Permission.MANAGE_THREADS if thread else Permission.MANAGE_CHANNELS)
    last = channel_json(call.world, channel)
    call.publish(delete_channel(call.world, guild, channel, call.bot_id, call.reason))
    return Answer(last)


def _fields(guild: Guild, form: Form) -> JsonObject:
    fields: JsonObject = {}
    if "name" in form:
        fields["name"] = form.required_text("name", 1, 100)
    if "topic" in form:
        fields["topic"] = form.text("topic", LONGEST_TOPIC) or None
    if "nsfw" in form:
        fields["nsfw"] = form.boolean("nsfw")
    if "position" in form:
        fields["position"] = form.integer("position", 0, 10_000, 0)
    if "parent_id" in form:
        fields["parent_id"] = _category(guild, form)
    return {**fields, **_slowmode(form)}


def _thread_fields(form: Form) -> JsonObject:
    fields: JsonObject = {}
    if "name" in form:
        fields["name"] = form.required_text("name", 1, 100)
    for name in ("archived", "locked", "invitable"):
        if name in form:
            fields[name] = form.boolean(name)
    if "auto_archive_duration" in form:
        fields["auto_archive_duration"] = archive_duration(form)
    return {**fields, **_slowmode(form)}


def archive_duration(form: Form) -> int:
    """Read after how many quiet minutes a thread goes away; three days unless told."""
    minutes = form.integer("auto_archive_duration", 0, 10_080, 4_320)
    if minutes not in ARCHIVE_AFTER:
        form.errors.choices("auto_archive_duration", ", ".join(map(str, ARCHIVE_AFTER)))
    return minutes


def _slowmode(form: Form) -> JsonObject:
    if "rate_limit_per_user" not in form:
        return {}
    seconds = form.integer("rate_limit_per_user", 0, LONGEST_SLOWMODE, 0)
    return {"rate_limit_per_user": seconds}


def _category(guild: Guild, form: Form) -> str | None:
    parent_id = form.snowflake("parent_id")
    if parent_id is None:
        return None
    parent = guild.channels.get(parent_id)
    if parent is None or parent.type != CATEGORY:
        form.errors.add("parent_id", "CHANNEL_PARENT_INVALID", "Not a category of this server")
    return parent_id


def _check_thread(call: Call, channel: Channel, fields: JsonObject) -> None:
    """Refuse what needs Manage Threads: all but to unarchive a thread that is not locked.

    An archived one can only be changed by what unarchives it too.
    """
    thread = channel.thread
    if thread is not None and thread.archived and fields.get("archived", True):
        raise ApiError(THREAD_ARCHIVED)
    only_opens = fields == {"archived": False} and thread is not None and not thread.locked
    own = thread is not None and thread.owner_id == call.bot_id
    if only_opens or (own and "locked" not in fields):
        call.require_in(channel, Permission.SEND_MESSAGES_IN_THREADS)
        return
    if not call.held_in(channel) & Permission.MANAGE_THREADS:
        raise ApiError(MISSING_PERMISSIONS)
