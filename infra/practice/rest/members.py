"""Members and their roles."""

from datetime import timedelta

from infra.practice.entities import Guild, JoinSource, Member
from infra.practice.errors import INVALID_OAUTH2_TOKEN, MISSING_PERMISSIONS, MISSING_SCOPE, ApiError
from infra.practice.forms import Form
from infra.practice.intents import Intents
from infra.practice.json_types import JsonObject
from infra.practice.membership import Entrance, change_member, join, kick
from infra.practice.payloads.people import member_json
from infra.practice.permissions import Permission, guild_permissions, may_manage_role, outranks
from infra.practice.rest.call import Call
from infra.practice.rest.guilds import known_role
from infra.practice.rest.routing import NOTHING, Answer, Routes

LONGEST_TIMEOUT = timedelta(days=28)
ADDED_WITH = {
    "nick": Permission.MANAGE_NICKNAMES,
    "roles": Permission.MANAGE_ROLES,
    "mute": Permission.MUTE_MEMBERS,
    "deaf": Permission.DEAFEN_MEMBERS,
}
routes = Routes()


@routes.add("GET", "/guilds/{guild_id}/members")
async def list_members(call: Call) -> Answer:
    """List members by id, `limit` of them (1 unless told, at most 1000) after `after`.

    Only for applications with the privileged GUILD_MEMBERS intent (Guild, List Guild Members).
    """
    guild = call.guild()
    call.require_intent(Intents.GUILD_MEMBERS)
    limit = call.query_integer("limit", 1, 1_000, 1)
    after = call.query_integer("after", 0, 2**63 - 1, 0)
    ids = sorted((user_id for user_id in guild.members if int(user_id) > after), key=int)
    return Answer([_json(call, guild.members[user_id]) for user_id in ids[:limit]])


@routes.add("GET", "/guilds/{guild_id}/members/search")
async def search_members(call: Call) -> Answer:
    """List members whose user name or nickname starts with `query`."""
    guild = call.guild()
    limit = call.query_integer("limit", 1, 1_000, 1)
    start = call.request.query.get("query", "").lower()
    found = [
        member
        for member in guild.members.values()
        if call.world.user(member.user_id).username.startswith(start)
        or (member.nick or "").lower().startswith(start)
    ]
    return Answer([_json(call, member) for member in found[:limit]])


@routes.add("GET", "/guilds/{guild_id}/members/{user_id}")
async def get_member(call: Call) -> Answer:
    """Answer with a member."""
    return Answer(_json(call, call.world.member(call.guild(), call.id("user_id"))))


@routes.add("PUT", "/guilds/{guild_id}/members/{user_id}")
async def add_member(call: Call) -> Answer:
    """Add a user who granted `guilds.join`: 201, or 204 for one who is a member already.

    `nick` needs Manage Nicknames, `roles` Manage Roles, `mute` and `deaf` their own permissions.
    """
    guild = call.guild()
    call.require(guild, Permission.CREATE_INSTANT_INVITE)
    form = await call.form()
    access_token = form.required_text("access_token", 1, 10_240)
    nick = form.text("nick", 32) or None
    roles = form.snowflakes("roles") or []
    form.check()
    for name, permission in ADDED_WITH.items():
        if form.fields.get(name):
            call.require(guild, permission)
    for role_id in roles:
        if not may_manage_role(guild, call.own_member(guild), known_role(guild, role_id)):
            raise ApiError(MISSING_PERMISSIONS)
    user_id = call.id("user_id")
    token = call.world.grants.tokens.get(access_token)
    if token is not None and "guilds.join" not in token.scopes:
        raise ApiError(MISSING_SCOPE)
    if call.world.state.access_tokens.get(access_token) != user_id:
        raise ApiError(INVALID_OAUTH2_TOKEN)
    if user_id in guild.members:
        return NOTHING
    entrance = Entrance(JoinSource.BOT, None, call.bot_id, tuple(dict.fromkeys(roles)), nick)
    member, events = join(call.world, guild, call.world.user(user_id), entrance)
    call.publish(events)
    return Answer(_json(call, member), status=201)


@routes.add("PATCH", "/guilds/{guild_id}/members/{user_id}")
async def edit_member(call: Call) -> Answer:
    """Change a member's nickname, roles or timeout, each by its own permission."""
    guild = call.guild()
    member = call.world.member(guild, call.id("user_id"))
    form = await call.form()
    nick = form.text("nick", 32) or None
    roles = form.snowflakes("roles")
    until = form.moment("communication_disabled_until")
    if until is not None and until > call.world.now + LONGEST_TIMEOUT:
        form.errors.add(
            "communication_disabled_until",
            "NUMBER_TYPE_MAX",
            "Timeout must be at most 28 days in the future.",
        )
    form.check()
    _check_edit(call, guild, member, form, roles)

    def change(target: Member) -> None:
        if "nick" in form:
            target.nick = nick
        if roles is not None:
            target.roles = [known_role(guild, role_id) for role_id in roles]
        if "communication_disabled_until" in form:
            target.communication_disabled_until = until

    call.publish(change_member(call.world, guild, member, change, call.bot_id, call.reason))
    return Answer(_json(call, member))


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}")
async def kick_member(call: Call) -> Answer:
    """Kick a member."""
    guild, user_id = lower_target(call, Permission.KICK_MEMBERS)
    call.publish(kick(call.world, guild, user_id, call.bot_id, call.reason))
    return NOTHING


@routes.add("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def add_role(call: Call) -> Answer:
    """Give a member a role."""
    guild, member, role_id = _role_target(call)

    def give(target: Member) -> None:
        if role_id not in target.roles:
            target.roles.append(role_id)

    call.publish(change_member(call.world, guild, member, give, call.bot_id, call.reason))
    return NOTHING


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def remove_role(call: Call) -> Answer:
    """Take a role from a member."""
    guild, member, role_id = _role_target(call)

    def take(target: Member) -> None:
        target.roles = [item for item in target.roles if item != role_id]

    call.publish(change_member(call.world, guild, member, take, call.bot_id, call.reason))
    return NOTHING


def lower_target(call: Call, permission: Permission) -> tuple[Guild, str]:
    """Find the user in the path: no member of one's own rank or above (403, 50013)."""
    guild = call.guild()
    call.require(guild, permission)
    user_id = call.id("user_id")
    call.world.user(user_id)
    member = guild.members.get(user_id)
    if member is not None and not outranks(guild, call.own_member(guild), member):
        raise ApiError(MISSING_PERMISSIONS)
    return guild, user_id


def _role_target(call: Call) -> tuple[Guild, Member, str]:
    guild = call.guild()
    call.require(guild, Permission.MANAGE_ROLES)
    member = call.world.member(guild, call.id("user_id"))
    role_id = known_role(guild, call.id("role_id"))
    if not may_manage_role(guild, call.own_member(guild), role_id):
        raise ApiError(MISSING_PERMISSIONS)
    return guild, member, role_id


def _check_edit(
    call: Call, guild: Guild, member: Member, form: Form, roles: list[str] | None
) -> None:
    own = call.own_member(guild)
    if "nick" in form:
        call.require(guild, Permission.MANAGE_NICKNAMES)
    if "communication_disabled_until" in form:
        call.require(guild, Permission.MODERATE_MEMBERS)
        if guild_permissions(guild, member) & Permission.ADMINISTRATOR:
            raise ApiError(MISSING_PERMISSIONS)
    if ("nick" in form or "communication_disabled_until" in form) and not outranks(
        guild, own, member
    ):
        raise ApiError(MISSING_PERMISSIONS)
    if roles is not None:
        call.require(guild, Permission.MANAGE_ROLES)
        for role_id in set(roles) ^ set(member.roles):
            if not may_manage_role(guild, own, known_role(guild, role_id)):
                raise ApiError(MISSING_PERMISSIONS)


def _json(call: Call, member: Member) -> JsonObject:
    return member_json(member, call.world.user(member.user_id))
