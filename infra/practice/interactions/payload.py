"""The interaction object as Discord sends it to an endpoint.

Source: Discord API reference, "Receiving and Responding to Interactions".
"""

from infra.practice.content.body import FILE_BYTES
from infra.practice.interactions.records import TYPE_NUMBERS, Interaction
from infra.practice.json_types import JsonObject
from infra.practice.payloads.guilds import channel_json
from infra.practice.payloads.people import member_json
from infra.practice.permissions import channel_permissions
from infra.practice.world import World


def interaction_json(
    world: World, interaction: Interaction, data: JsonObject, message: JsonObject | None = None
) -> JsonObject:
    """Write an interaction with its `data` and, for components, the message they are on."""
    guild = world.guild(interaction.guild_id)
    channel = guild.channels[interaction.channel_id]
    member = guild.members[interaction.user_id]
    own = guild.members[world.bot.id]
    held = str(int(channel_permissions(guild, member, channel)))
    body: JsonObject = {
        "app_permissions": str(int(channel_permissions(guild, own, channel))),
        "application_id": world.application.id,
        "attachment_size_limit": FILE_BYTES,
        "authorizing_integration_owners": {"0": guild.id},
        "channel": {**channel_json(world, channel), "permissions": held},
        "channel_id": channel.id,
        "context": 0,
        "data": data,
        "entitlement_sku_ids": [],
        "entitlements": [],
        "guild": {"features": list(guild.features), "id": guild.id, "locale": "en-US"},
        "guild_id": guild.id,
        "guild_locale": "en-US",
        "id": interaction.id,
        "locale": world.user(member.user_id).locale,
        "member": {
            **member_json(member, world.user(member.user_id)),
            "permissions": held,
            "unusual_dm_activity_until": None,
        },
        "token": interaction.token,
        "type": TYPE_NUMBERS[interaction.kind],
        "version": 1,
    }
    if message is not None:
        body["message"] = message
    return body
