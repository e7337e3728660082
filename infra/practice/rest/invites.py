"""Invites: listed by guild or channel, created, looked at, revoked."""

from infra.practice.content.body import Upload
from infra.practice.entities import Guild, Invite
from infra.practice.errors import MISSING_PERMISSIONS, NO_VANITY, ApiError
from infra.practice.forms import Form
from infra.practice.invites import (
    InviteTerms,
    create_invite,
    guild_of_code,
    invites_of_channel,
    live_invite,
    live_invites,
    revoke_invite,
    shown_uses,
)
from infra.practice.json_types import Json, JsonObject
from infra.practice.payloads.invites import (
    counts_json,
    invite_json,
    invite_metadata_json,
    vanity_invite_json,
)
from infra.practice.permissions import Permission, channel_permissions, may_manage_role
from infra.practice.rest.call import Call
from infra.practice.rest.guilds import known_role
from infra.practice.rest.routing import Answer, Routes
from infra.practice.targets import TargetUsers, read_targets

LONGEST = 604_800
MOST_USES = 100
routes = Routes()


@routes.add("GET", "/guilds/{guild_id}/invites")
async def list_guild_invites(call: Call) -> Answer:
    """List a guild's invites: with `uses` for Manage Server, without for View Audit Log alone.

    Source: Discord API reference, "Get Guild Invites".
    """
    guild = call.guild()
    call.require(guild, Permission.MANAGE_GUILD | Permission.VIEW_AUDIT_LOG)
    counted = bool(call.permissions(guild) & Permission.MANAGE_GUILD)
    invites = live_invites(call.world, guild)
    return Answer([_json(call, invite, counted=counted) for invite in invites])


@routes.add("GET", "/channels/{channel_id}/invites")
async def list_channel_invites(call: Call) -> Answer:
    """List the invites into a channel; needs Manage Channels in it."""
    channel = call.channel(Permission.MANAGE_CHANNELS)
    guild = call.world.guild(channel.guild_id or "")
    invites = invites_of_channel(call.world, guild, channel.id)
    return Answer([_json(call, invite, counted=True) for invite in invites])


@routes.add("POST", "/channels/{channel_id}/invites")
async def create_channel_invite(call: Call) -> Answer:
    """Create an invite into a channel: a day and any number of uses unless told.

    `role_ids` needs Manage Roles and gives no role that is above the bot or may do more; a
    `target_users_file` names the only users who may accept (Channel, Create Channel Invite).
    """
    channel = call.channel(Permission.CREATE_INSTANT_INVITE)
    fields, uploads = await call.fields_and_uploads()
    form = Form({name: _spelled(value) for name, value in fields.items()})
    guild = call.world.guild(channel.guild_id or "")
    role_ids = _role_ids(form)
    terms = InviteTerms(
        channel_id=channel.id,
        max_age=form.integer("max_age", 0, LONGEST, 86_400),
        max_uses=form.integer("max_uses", 0, MOST_USES, 0),
        temporary=form.boolean("temporary"),
        unique=form.boolean("unique"),
        role_ids=tuple(role_ids),
        targets=_targets(call, uploads),
    )
    form.check()
    _check_roles(call, guild, role_ids)
    invite, events = create_invite(call.world, guild, call.bot_id, terms, call.reason)
    call.publish(events)
    return Answer(_json(call, invite, counted=True))


@routes.add("GET", "/invites/{code}", public=True)
async def get_invite(call: Call) -> Answer:
    """Answer with an invite as anybody sees it: no uses, no limits, no date."""
    code = call.word("code")
    guild = guild_of_code(call.world, code)
    if code == guild.vanity_code:
        body = vanity_invite_json(guild)
    else:
        body = invite_json(call.world, guild.invites[code])
    if call.query_flag("with_counts"):
        body |= counts_json(guild)
    return Answer(body)


@routes.add("DELETE", "/invites/{code}")
async def delete_invite(call: Call) -> Answer:
    """Revoke an invite; needs Manage Channels in its channel, or Manage Server."""
    code = call.word("code")
    guild = guild_of_code(call.world, code)
    if code == guild.vanity_code:
        raise ApiError(NO_VANITY)
    invite = live_invite(call.world, guild, code)
    own = guild.members.get(call.bot_id)
    if own is None:
        raise ApiError(MISSING_PERMISSIONS)
    held = channel_permissions(guild, own, guild.channels[invite.channel_id])
    if not (held | call.permissions(guild)) & (
        Permission.MANAGE_CHANNELS | Permission.MANAGE_GUILD
    ):
        raise ApiError(MISSING_PERMISSIONS)
    invite, events = revoke_invite(call.world, guild, code, call.bot_id, call.reason)
    body = _json(call, invite, counted=False)
    call.publish(events)
    return Answer(body)


def _json(call: Call, invite: Invite, *, counted: bool) -> JsonObject:
    body = invite_json(call.world, invite)
    lags = call.core.faults.lags
    if not counted or lags.hides_uses(invite.guild_id, invite.code):
        return body
    guild = call.world.guild(invite.guild_id)
    uses = shown_uses(call.world, guild, invite.code, invite.uses, lags.counts)
    return body | invite_metadata_json(invite, uses)


def _spelled(value: Json) -> Json:
    """Read the truth values of a form, which come as words."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _role_ids(form: Form) -> list[str]:
    """Read the roles: an array, or in a form ids with commas between them."""
    given = form.fields.get("role_ids")
    if isinstance(given, str):
        form.fields["role_ids"] = [part.strip() for part in given.split(",") if part.strip()]
    return form.snowflakes("role_ids") or []


def _targets(call: Call, uploads: list[Upload]) -> TargetUsers | None:
    file = next((upload for upload in uploads if upload.field == "target_users_file"), None)
    if file is None:
        return None
    return read_targets(file.content, call.world.now, call.core.faults.lags.target_users)


def _check_roles(call: Call, guild: Guild, role_ids: list[str]) -> None:
    if not role_ids:
        return
    call.require(guild, Permission.MANAGE_ROLES)
    held, own = call.permissions(guild), call.own_member(guild)
    for role_id in role_ids:
        role = guild.roles[known_role(guild, role_id)]
        if role.permissions & ~held or not may_manage_role(guild, own, role_id):
            raise ApiError(MISSING_PERMISSIONS)
