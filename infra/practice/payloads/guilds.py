"""Guilds, roles and channels as JSON."""

from infra.practice.entities import Channel, Guild, Role, Thread
from infra.practice.json_types import JsonObject
from infra.practice.moments import stamp
from infra.practice.payloads.people import member_json, user_json
from infra.practice.world import World

PRIVATE_THREAD = 12


def role_json(role: Role) -> JsonObject:
    """Write a role."""
    body: JsonObject = {
        "id": role.id,
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": role.color,
        "colors": {
            "primary_color": role.color,
            "secondary_color": None,
            "tertiary_color": None,
        },
        "hoist": role.hoist,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        body["tags"] = {"bot_id": role.bot_id}
    return body


def channel_json(world: World, channel: Channel) -> JsonObject:
    """Write a channel of a guild, a thread, or a direct one."""
    body: JsonObject = {
        "id": channel.id,
        "type": channel.type,
        "flags": 0,
        "last_message_id": channel.last_message_id,
    }
    if channel.thread is not None:
        return {**body, **_thread(channel, channel.thread)}
    if channel.guild_id is None:
        recipient = channel.recipient_id
        return {**body, "recipients": [user_json(world.user(recipient))] if recipient else []}
    return {
        **body,
        "guild_id": channel.guild_id,
        "name": channel.name,
        "parent_id": channel.parent_id,
        "rate_limit_per_user": channel.rate_limit_per_user,
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": channel.nsfw,
        "permission_overwrites": [
            {
                "id": overwrite.id,
                "type": overwrite.type,
                "allow": str(overwrite.allow),
                "deny": str(overwrite.deny),
            }
            for overwrite in channel.overwrites
        ],
    }


def _thread(channel: Channel, thread: Thread) -> JsonObject:
    return {
        "guild_id": channel.guild_id,
        "name": channel.name,
        "parent_id": channel.parent_id,
        "owner_id": thread.owner_id,
        "rate_limit_per_user": channel.rate_limit_per_user,
        "message_count": thread.sent,
        "member_count": len(thread.member_ids),
        "total_message_sent": thread.sent,
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": stamp(thread.archive_timestamp),
            "auto_archive_duration": thread.auto_archive_duration,
            "create_timestamp": stamp(thread.created_at),
            "locked": thread.locked,
            **({"invitable": thread.invitable} if channel.type == PRIVATE_THREAD else {}),
        },
    }


def incidents_json(guild: Guild) -> JsonObject | None:
    """Write what is paused in a guild; None where nothing ever was."""
    invites, direct = guild.invites_disabled_until, guild.dms_disabled_until
    if invites is None and direct is None:
        return None
    return {
        "invites_disabled_until": stamp(invites) if invites else None,
        "dms_disabled_until": stamp(direct) if direct else None,
    }


def guild_json(guild: Guild) -> JsonObject:
    """Write a guild without its members and channels, as REST answers it."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": list(guild.features),
        "banner": None,
        "owner_id": guild.owner_id,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": guild.system_channel_id,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "roles": [role_json(role) for role in guild.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": guild.vanity_code,
        "premium_tier": 3 if guild.vanity_code else 0,
        "premium_subscription_count": 14 if guild.vanity_code else 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": incidents_json(guild),
    }


def guild_with_counts_json(guild: Guild) -> JsonObject:
    """Write a guild with its approximate counts."""
    return {
        **guild_json(guild),
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }


def guild_create_json(world: World, guild: Guild) -> JsonObject:
    """Write the GUILD_CREATE of a guild.

    Without GUILD_PRESENCES `members` holds only the bot (Gateway Events, Guild Create).
    """
    bot = world.bot
    own = guild.members[bot.id]
    return {
        **guild_json(guild),
        "joined_at": stamp(own.joined_at),
        "large": len(guild.members) > 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(own, bot)],
        "channels": [channel_json(world, channel) for channel in guild.channels.values()],
        "threads": [
            channel_json(world, thread)
            for thread in guild.threads.values()
            if thread.thread is not None and not thread.thread.archived
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def own_guild_json(guild: Guild, user_id: str, permissions: int) -> JsonObject:
    """Write a guild as it stands in a user's own list."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner_id == user_id,
        "permissions": str(permissions),
        "features": list(guild.features),
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }
