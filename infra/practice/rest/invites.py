"""Invites: listed by guild or channel, created, looked at, revoked."""

from infra.practice.entities import Invite
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
)
from infra.practice.json_types import JsonObject
from infra.practice.payloads.invites import (
    counts_json,
    invite_json,
    invite_metadata_json,
    vanity_invite_json,
)
from infra.practice.permissions import Permission, channel_permissions
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

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
    """Create an invite into a channel: a day and any number of uses unless told."""
    channel = call.channel(Permission.CREATE_INSTANT_INVITE)
    fields, _ = await call.fields_and_uploads()
    form = Form(fields)
    terms = InviteTerms(
        channel_id=channel.id,
        max_age=form.integer("max_age", 0, LONGEST, 86_400),
        max_uses=form.integer("max_uses", 0, MOST_USES, 0),
        temporary=form.boolean("temporary"),
        unique=form.boolean("unique"),
    )
    form.check()
    guild = call.world.guild(channel.guild_id or "")
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
    return body | invite_metadata_json(invite) if counted else body
