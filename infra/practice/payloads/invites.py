"""Invites as JSON: plain, with metadata, and as the gateway announces them."""

from infra.practice.entities import Channel, Guild, Invite, Role
from infra.practice.json_types import JsonObject
from infra.practice.moments import stamp
from infra.practice.payloads.people import user_json
from infra.practice.world import World


def invite_json(world: World, invite: Invite) -> JsonObject:
    """Write an invite without its metadata, as anybody with the code sees it."""
    guild = world.guild(invite.guild_id)
    expires_at = invite.expires_at
    body: JsonObject = {
        "type": 0,
        "code": invite.code,
        "expires_at": stamp(expires_at) if expires_at else None,
        "guild": _guild(guild),
        "guild_id": guild.id,
        "channel": _channel(guild.channels[invite.channel_id]),
    }
    if invite.inviter_id is not None:
        body["inviter"] = user_json(world.user(invite.inviter_id))
    roles = [guild.roles[role_id] for role_id in invite.role_ids if role_id in guild.roles]
    if roles:
        body["roles"] = [_role(role) for role in roles]
    return body


def invite_metadata_json(invite: Invite, uses: int) -> JsonObject:
    """Write what only those with Manage Server see; `uses` as far as they show.

    Source: Discord API reference, "Get Guild Invites": metadata is included with MANAGE_GUILD.
    """
    return {
        "uses": uses,
        "max_uses": invite.max_uses,
        "max_age": invite.max_age,
        "temporary": invite.temporary,
        "created_at": stamp(invite.created_at),
    }


def vanity_invite_json(guild: Guild) -> JsonObject:
    """Write the vanity code as an invite; it has neither inviter nor end."""
    channel = next(iter(guild.channels.values()))
    return {
        "type": 0,
        "code": guild.vanity_code,
        "expires_at": None,
        "guild": _guild(guild),
        "guild_id": guild.id,
        "channel": _channel(channel),
    }


def counts_json(guild: Guild) -> JsonObject:
    """Write the approximate counts that `with_counts` adds."""
    return {
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }


def invite_create_json(world: World, invite: Invite) -> JsonObject:
    """Write the data of INVITE_CREATE; `uses` is always 0 there."""
    expires_at = invite.expires_at
    body: JsonObject = {
        "channel_id": invite.channel_id,
        "code": invite.code,
        "created_at": stamp(invite.created_at),
        "expires_at": stamp(expires_at) if expires_at else None,
        "guild_id": invite.guild_id,
        "max_age": invite.max_age,
        "max_uses": invite.max_uses,
        "temporary": invite.temporary,
        "type": 0,
        "uses": 0,
    }
    if invite.inviter_id is not None:
        body["inviter"] = user_json(world.user(invite.inviter_id))
    if invite.role_ids:
        body["role_ids"] = list(invite.role_ids)
    return body


def invite_delete_json(invite: Invite) -> JsonObject:
    """Write the data of INVITE_DELETE."""
    return {
        "channel_id": invite.channel_id,
        "code": invite.code,
        "guild_id": invite.guild_id,
    }


def _guild(guild: Guild) -> JsonObject:
    return {
        "id": guild.id,
        "name": guild.name,
        "splash": None,
        "banner": None,
        "description": None,
        "icon": None,
        "features": list(guild.features),
        "verification_level": 1,
        "vanity_url_code": guild.vanity_code,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_subscription_count": 14 if guild.vanity_code else 0,
    }


def _role(role: Role) -> JsonObject:
    return {
        "id": role.id,
        "name": role.name,
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "icon": None,
        "unicode_emoji": None,
    }


def _channel(channel: Channel) -> JsonObject:
    return {"id": channel.id, "type": channel.type, "name": channel.name}
