"""Bans, one by one and together.

Source: Discord API reference, "Guild", from Get Guild Bans on.
"""

from datetime import timedelta

from infra.practice.entities import Guild
from infra.practice.errors import FAILED_TO_BAN, UNKNOWN_BAN, ApiError
from infra.practice.intents import Dispatches
from infra.practice.json_types import JsonObject
from infra.practice.membership import ban, unban
from infra.practice.payloads.people import user_json
from infra.practice.permissions import Permission, outranks
from infra.practice.rest.call import Call
from infra.practice.rest.members import lower_target
from infra.practice.rest.routing import NOTHING, Answer, Routes

LONGEST_SWEEP = 604_800
AT_ONCE = 200
routes = Routes()


@routes.add("GET", "/guilds/{guild_id}/bans")
async def list_bans(call: Call) -> Answer:
    """List bans by user id, `limit` of them after `after`, or the last ones before `before`."""
    guild = call.guild()
    call.require(guild, Permission.BAN_MEMBERS)
    limit = call.query_integer("limit", 1, 1_000, 1_000)
    after = call.query_integer("after", 0, 2**63 - 1, 0)
    before = call.query_integer("before", 0, 2**63 - 1, 2**63 - 1)
    ids = sorted((user_id for user_id in guild.bans if after < int(user_id) < before), key=int)
    ids = ids[-limit:] if "before" in call.request.query else ids[:limit]
    return Answer([_ban_json(call, guild, user_id) for user_id in ids])


@routes.add("GET", "/guilds/{guild_id}/bans/{user_id}")
async def get_ban(call: Call) -> Answer:
    """Answer with a user's ban."""
    guild = call.guild()
    call.require(guild, Permission.BAN_MEMBERS)
    user_id = call.id("user_id")
    if user_id not in guild.bans:
        raise ApiError(UNKNOWN_BAN)
    return Answer(_ban_json(call, guild, user_id))


@routes.add("PUT", "/guilds/{guild_id}/bans/{user_id}")
async def ban_user(call: Call) -> Answer:
    """Ban a user, member or not, and delete what they wrote lately."""
    guild, user_id = lower_target(call, Permission.BAN_MEMBERS)
    form = await call.form()
    days = form.integer("delete_message_days", 0, 7, 0)
    seconds = form.integer("delete_message_seconds", 0, LONGEST_SWEEP, days * 86_400)
    form.check()
    call.publish(_ban(call, guild, user_id, seconds))
    return NOTHING


@routes.add("POST", "/guilds/{guild_id}/bulk-ban")
async def ban_users(call: Call) -> Answer:
    """Ban up to 200 users; needs Manage Server too. Who cannot be banned, or is, has failed."""
    guild = call.guild()
    call.require(guild, Permission.BAN_MEMBERS)
    call.require(guild, Permission.MANAGE_GUILD)
    form = await call.form()
    user_ids = form.snowflakes("user_ids")
    seconds = form.integer("delete_message_seconds", 0, LONGEST_SWEEP, 0)
    if user_ids is None:
        form.errors.required("user_ids")
    elif not 1 <= len(user_ids) <= AT_ONCE:
        form.errors.bad_length("user_ids", 1, AT_ONCE)
    form.check()
    wanted = list(dict.fromkeys(user_ids or []))
    banned = [user_id for user_id in wanted if _may_ban(call, guild, user_id)]
    if not banned:
        raise ApiError(FAILED_TO_BAN)
    call.publish([event for it in banned for event in _ban(call, guild, it, seconds)])
    failed = [user_id for user_id in wanted if user_id not in banned]
    return Answer({"banned_users": banned, "failed_users": failed})


@routes.add("DELETE", "/guilds/{guild_id}/bans/{user_id}")
async def unban_user(call: Call) -> Answer:
    """Lift a ban."""
    guild = call.guild()
    call.require(guild, Permission.BAN_MEMBERS)
    call.publish(unban(call.world, guild, call.id("user_id"), call.bot_id, call.reason))
    return NOTHING


def _ban(call: Call, guild: Guild, user_id: str, seconds: int) -> Dispatches:
    events = ban(call.world, guild, user_id, call.bot_id, call.reason)
    if not seconds:
        return events
    since = call.world.now - timedelta(seconds=seconds)
    written = call.core.postbox.messages_of(guild, user_id, since)
    return events + call.core.postbox.delete_together(written)


def _may_ban(call: Call, guild: Guild, user_id: str) -> bool:
    if user_id in guild.bans or user_id not in call.world.state.users:
        return False
    member = guild.members.get(user_id)
    return member is None or outranks(guild, call.own_member(guild), member)


def _ban_json(call: Call, guild: Guild, user_id: str) -> JsonObject:
    return {"user": user_json(call.world.user(user_id)), "reason": guild.bans[user_id].reason}
