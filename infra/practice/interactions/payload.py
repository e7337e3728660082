"""The interaction object as Discord sends it to an endpoint.

Source: Discord API reference, "Receiving and Responding to Interactions".
"""

from infra.practice.content.body import FILE_BYTES
from infra.practice.entities import Channel, Guild
from infra.practice.interactions.records import TYPE_NUMBERS, Interaction
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import channel_json
from infra.practice.payloads.people import member_json, user_json
from infra.practice.permissions import Permission, channel_permissions
from infra.practice.world import World

IN_GUILD, IN_DIRECT_CHANNEL = 0, 1
# What an application may do in a direct channel with its own bot.
DIRECT_PERMISSIONS = (
    Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
)


def interaction_json(
    world: World, interaction: Interaction, data: JsonObject, message: JsonObject | None = None
) -> JsonObject:
    """Write an interaction with its `data` and, for components, the message they are on."""
    channel = world.channel(interaction.channel_id)
    user = world.user(interaction.user_id)
    body: JsonObject = {
        "application_id": world.application.id,
        "attachment_size_limit": FILE_BYTES,
        "channel_id": channel.id,
        "data": data,
        "entitlement_sku_ids": [],
        "entitlements": [],
        "id": interaction.id,
        "locale": user.locale,
        "token": interaction.token,
        "type": TYPE_NUMBERS[interaction.kind],
        "version": 1,
    }
    if channel.guild_id is None:
        body |= _in_direct_channel(world, channel)
        body["user"] = user_json(user)
    else:
        body |= _in_guild(world, world.guild(channel.guild_id), channel, user.id)
    if message is not None:
        body["message"] = message
    return body


def _in_direct_channel(world: World, channel: Channel) -> JsonObject:
    return {
        "app_permissions": str(int(DIRECT_PERMISSIONS)),
        "authorizing_integration_owners": {"0": "0"},
        "channel": channel_json(world, channel),
        "context": IN_DIRECT_CHANNEL,
    }


def _in_guild(world: World, guild: Guild, channel: Channel, user_id: str) -> JsonObject:
    member = guild.members[user_id]
    own = guild.members[world.bot.id]
    held = str(int(world.permissions(guild, member, channel)))
    return {
        "app_permissions": str(int(channel_permissions(guild, own, channel))),
        "authorizing_integration_owners": {"0": guild.id},
        "channel": {**channel_json(world, channel), "permissions": held},
        "context": IN_GUILD,
        "guild": {"features": list(guild.features), "id": guild.id, "locale": "en-US"},
        "guild_id": guild.id,
        "guild_locale": "en-US",
        "member": {
            **member_json(member, world.user(user_id)),
            "permissions": held,
            "unusual_dm_activity_until": None,
        },
    }
