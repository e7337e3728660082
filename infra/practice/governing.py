"""What those who run a server do: screen newcomers, set permissions, let programs write."""

import secrets

from infra.practice.audit import AuditAction, audit
from infra.practice.channel_keeping import (
    PERSON,
    ROLE,
    delete_channel,
    make_channel,
    put_overwrite,
)
from infra.practice.entities import Channel, Member, Overwrite, Webhook
from infra.practice.errors import UNKNOWN_ROLE, ApiError
from infra.practice.intents import Dispatch, Intents
from infra.practice.json_types import JsonObject
from infra.practice.membership import COMPLETED_ONBOARDING, SCREENING, settle
from infra.practice.payloads.guilds import role_json
from infra.practice.permissions import Permission
from infra.practice.talking import Talking


class Governing(Talking):
    """Settings of servers and channels, and how members answer to them."""

    def screen_members(self, guild_id: str, *, on: bool = True) -> None:
        """Have newcomers accept the rules first: until then they are pending."""
        guild = self.world.guild(guild_id)
        others = [feature for feature in guild.features if feature != SCREENING]
        guild.features = [*others, SCREENING] if on else others
        self.core.publish([])

    def pass_screening(self, guild_id: str, user_id: str) -> None:
        """Have a member accept the rules: they are no longer pending."""

        def accept(member: Member) -> None:
            member.pending = False

        self.core.publish(settle(self.world, self.world.guild(guild_id), user_id, accept))

    def complete_onboarding(self, guild_id: str, user_id: str) -> None:
        """Have a member go through the server's onboarding to its end."""

        def complete(member: Member) -> None:
            member.flags |= COMPLETED_ONBOARDING

        self.core.publish(settle(self.world, self.world.guild(guild_id), user_id, complete))

    def set_role_permissions(self, guild_id: str, role_id: str, permissions: Permission) -> None:
        """Give a role, @everyone by the guild's own id, exactly these permissions."""
        guild = self.world.guild(guild_id)
        role = guild.roles.get(role_id)
        if role is None:
            raise ApiError(UNKNOWN_ROLE)
        before, role.permissions = role.permissions, permissions.value
        change: JsonObject = {
            "key": "permissions",
            "old_value": str(before),
            "new_value": str(role.permissions),
        }
        data: JsonObject = {"guild_id": guild_id, "role": role_json(role)}
        entry = audit(
            self.world,
            guild,
            AuditAction.ROLE_UPDATE,
            guild.owner_id,
            role_id,
            changes=[change],
        )
        event = Dispatch("GUILD_ROLE_UPDATE", data, guild_id, Intents.GUILDS)
        self.core.publish([event, entry])

    def set_overwrite(
        self,
        channel_id: str,
        target_id: str,
        *,
        allow: Permission = Permission.NONE,
        deny: Permission = Permission.NONE,
    ) -> None:
        """Make a channel's exception for a role or a member exactly this."""
        channel = self.world.channel(channel_id)
        guild = self.world.guild(channel.guild_id or "")
        kind = ROLE if target_id in guild.roles else PERSON
        overwrite = Overwrite(target_id, kind, allow.value, deny.value)
        self.core.publish(put_overwrite(self.world, guild, channel, overwrite, guild.owner_id))

    def webhook(self, guild_id: str, channel_name: str, name: str) -> Webhook:
        """Return the webhook of that name in a text channel; both are made where they are not."""
        guild = self.world.guild(guild_id)
        channel = next((one for one in guild.channels.values() if one.name == channel_name), None)
        if channel is None:
            channel = Channel(id=self.world.new_id(), name=channel_name, guild_id=guild_id)
            self.core.publish(make_channel(self.world, guild, channel, guild.owner_id))
        found = self.world.state.webhooks
        for webhook in found.values():
            if (webhook.channel_id, webhook.name) == (channel.id, name):
                return webhook
        made = Webhook(self.world.new_id(), secrets.token_urlsafe(51), name, channel.id, guild_id)
        found[made.id] = made
        self.core.publish([])
        return made

    def remove_channel(self, channel_id: str) -> None:
        """Have the owner of a server delete a channel or thread."""
        channel = self.world.channel(channel_id)
        guild = self.world.guild(channel.guild_id or "")
        self.core.publish(delete_channel(self.world, guild, channel, guild.owner_id))
