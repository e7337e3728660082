"""Bans."""

from infra.practice.entities import Guild
from infra.practice.errors import UNKNOWN_BAN, ApiError
from infra.practice.json_types import JsonObject
from infra.practice.membership import ban, unban
from infra.practice.payloads.people import user_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.members import lower_target
from infra.practice.rest.routing import NOTHING, Answer, Routes

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
    """Ban a user, member or not."""
    guild, user_id = lower_target(call, Permission.BAN_MEMBERS)
    call.publish(ban(call.world, guild, user_id, call.bot_id, call.reason))
    return NOTHING


@routes.add("DELETE", "/guilds/{guild_id}/bans/{user_id}")
async def unban_user(call: Call) -> Answer:
    """Lift a ban."""
    guild = call.guild()
    call.require(guild, Permission.BAN_MEMBERS)
    call.publish(unban(call.world, guild, call.id("user_id"), call.bot_id, call.reason))
    return NOTHING


def _ban_json(call: Call, guild: Guild, user_id: str) -> JsonObject:
    return {"user": user_json(call.world.user(user_id)), "reason": guild.bans[user_id].reason}
