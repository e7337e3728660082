"""A channel's exceptions for roles and members.

Source: Discord API reference, "Channel", Edit and Delete Channel Permissions.
"""

from infra.practice.channel_keeping import PERSON, ROLE, drop_overwrite, put_overwrite
from infra.practice.entities import Channel, Guild, Overwrite
from infra.practice.errors import (
    MISSING_PERMISSIONS,
    UNKNOWN_OVERWRITE,
    WRONG_CHANNEL_TYPE,
    ApiError,
)
from infra.practice.forms import Form
from infra.practice.json_types import as_objects
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes

MOST = 100
LARGEST = 2**63 - 1
routes = Routes()


@routes.add("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
async def edit_permissions(call: Call) -> Answer:
    """Make the exception for a role (type 0) or member (type 1) exactly this."""
    guild, channel = _channel(call)
    form = await call.form()
    target_id = call.id("overwrite_id")
    overwrite = _read(guild, form, target_id)
    form.check()
    if overwrite.type == ROLE and target_id not in guild.roles:
        raise ApiError(UNKNOWN_OVERWRITE)
    others = [item for item in channel.overwrites if item.id != target_id]
    check_change(call, guild, channel, [*others, overwrite])
    call.publish(put_overwrite(call.world, guild, channel, overwrite, call.bot_id, call.reason))
    return NOTHING


@routes.add("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
async def delete_permissions(call: Call) -> Answer:
    """Take an exception away."""
    guild, channel = _channel(call)
    target_id = call.id("overwrite_id")
    check_change(call, guild, channel, [it for it in channel.overwrites if it.id != target_id])
    call.publish(drop_overwrite(call.world, guild, channel, target_id, call.bot_id, call.reason))
    return NOTHING


def read_overwrites(guild: Guild, form: Form) -> list[Overwrite]:
    """Read `permission_overwrites`; null is none."""
    items = as_objects(form.fields.get("permission_overwrites"))
    if len(items) > MOST:
        form.errors.too_long("permission_overwrites", MOST)
    found: dict[str, Overwrite] = {}
    for index, item in enumerate(items):
        inner = Form(item)
        target_id = inner.snowflake("id")
        if target_id is None:
            form.errors.required(f"permission_overwrites.{index}.id")
            continue
        found[target_id] = _read(guild, inner, target_id)
        inner.check()
    return list(found.values())


def check_change(call: Call, guild: Guild, channel: Channel, wanted: list[Overwrite]) -> None:
    """Refuse (50013) to change bits that the bot does not hold.

    It may, where an exception of the channel gives it Manage Roles, or as an administrator; who
    has Manage Roles in a channel is for administrators alone to say (Guild, Create Guild Channel).
    """
    held = call.permissions(guild)
    own = {call.bot_id, *call.own_member(guild).roles}
    freed = any(it.id in own and it.allow & Permission.MANAGE_ROLES for it in channel.overwrites)
    if held & Permission.ADMINISTRATOR:
        return
    allowed = LARGEST if freed else held
    before = {item.id: item for item in channel.overwrites}
    after = {item.id: item for item in wanted}
    for target_id in before.keys() | after.keys():
        old, new = before.get(target_id), after.get(target_id)
        changed = (_allow(old) ^ _allow(new)) | (_deny(old) ^ _deny(new))
        if changed & ~(allowed & ~Permission.MANAGE_ROLES):
            raise ApiError(MISSING_PERMISSIONS)


def _channel(call: Call) -> tuple[Guild, Channel]:
    channel = call.channel(Permission.MANAGE_ROLES)
    if channel.guild_id is None or channel.thread is not None:
        raise ApiError(WRONG_CHANNEL_TYPE)
    return call.world.guild(channel.guild_id), channel


def _read(guild: Guild, form: Form, target_id: str) -> Overwrite:
    kind = form.integer("type", ROLE, PERSON, ROLE if target_id in guild.roles else PERSON)
    allow = form.integer("allow", 0, LARGEST, 0)
    deny = form.integer("deny", 0, LARGEST, 0)
    return Overwrite(target_id, kind, allow & ~deny, deny)


def _allow(overwrite: Overwrite | None) -> int:
    return overwrite.allow if overwrite is not None else 0


def _deny(overwrite: Overwrite | None) -> int:
    return overwrite.deny if overwrite is not None else 0
