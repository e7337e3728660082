"""What moderators do by hand in Discord's client: time out, kick, ban, delete, slow down."""

from datetime import datetime, timedelta

from infra.practice.audit import AuditAction, audit
from infra.practice.channel_keeping import (
    announced,
    change_channel,
    make_channel,
    new_thread,
    open_thread,
)
from infra.practice.entities import Channel, Guild, Member
from infra.practice.errors import MISSING_PERMISSIONS, UNKNOWN_MESSAGE, ApiError
from infra.practice.intents import Dispatches
from infra.practice.json_types import JsonObject
from infra.practice.membership import ban, change_member, kick, unban
from infra.practice.permissions import Permission, guild_permissions, outranks
from infra.practice.role_keeping import RoleKeeping

PUBLIC_THREAD = 11


class Moderating(RoleKeeping):
    """The hands of moderators. `by` is a member; the owner where it is left out.

    Whoever lacks the permission, or does not stand above the other, is refused (50013).
    """

    def time_out(
        self,
        guild_id: str,
        user_id: str,
        length: timedelta | None,
        *,
        by: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Time a member out for a while; None ends it. Not administrators, nor the owner."""
        guild = self.world.guild(guild_id)
        actor = self.check_rank(guild, by, user_id, Permission.MODERATE_MEMBERS)
        member = self.world.member(guild, user_id)
        if guild_permissions(guild, member) & Permission.ADMINISTRATOR:
            raise ApiError(MISSING_PERMISSIONS)
        until: datetime | None = None if length is None else self.world.now + length

        def change(target: Member) -> None:
            target.communication_disabled_until = until

        self.core.publish(change_member(self.world, guild, member, change, actor, reason))

    def kick_by_hand(self, guild_id: str, user_id: str, by: str, reason: str | None = None) -> None:
        """Kick a member."""
        guild = self.world.guild(guild_id)
        actor = self.check_rank(guild, by, user_id, Permission.KICK_MEMBERS)
        self.core.publish(kick(self.world, guild, user_id, actor, reason))

    def ban_by_hand(
        self,
        guild_id: str,
        user_id: str,
        by: str,
        reason: str | None = None,
        delete_seconds: int = 0,
    ) -> None:
        """Ban a user, and delete what they wrote in the last `delete_seconds`."""
        guild = self.world.guild(guild_id)
        actor = self.check_rank(guild, by, user_id, Permission.BAN_MEMBERS)
        events = ban(self.world, guild, user_id, actor, reason)
        if delete_seconds:
            since = self.world.now - timedelta(seconds=delete_seconds)
            written = self.core.postbox.messages_of(guild, user_id, since)
            events += self.core.postbox.delete_together(written)
        self.core.publish(events)

    def unban_by_hand(
        self, guild_id: str, user_id: str, by: str, reason: str | None = None
    ) -> None:
        """Lift a ban."""
        guild = self.world.guild(guild_id)
        actor = self.check_rank(guild, by, user_id, Permission.BAN_MEMBERS)
        self.core.publish(unban(self.world, guild, user_id, actor, reason))

    def delete_message(self, message_id: str, by: str) -> None:
        """Delete a message; that of somebody else needs Manage Messages and is in the log."""
        channel = self.world.channel(self.channel_of_message(message_id) or "")
        message = self.world.message(channel.id, message_id)
        if channel.guild_id is None or message.visible_to is not None:
            raise ApiError(UNKNOWN_MESSAGE)
        guild = self.world.guild(channel.guild_id)
        entries: Dispatches = []
        if message.author_id != by:
            self.require(guild, by, channel, Permission.MANAGE_MESSAGES)
            about: JsonObject = {"channel_id": channel.id, "count": "1"}
            action = AuditAction.MESSAGE_DELETE
            entries.append(audit(self.world, guild, action, by, message.author_id, options=about))
        self.core.publish([*self.core.postbox.delete(message), *entries])

    def set_slowmode(self, channel_id: str, seconds: int, by: str | None = None) -> None:
        """Let everybody post once in so many seconds."""
        channel, guild = self._place(channel_id)
        actor = by or guild.owner_id
        self.require(guild, actor, channel, Permission.MANAGE_CHANNELS)
        fields = {"rate_limit_per_user": seconds}
        entries = change_channel(self.world, guild, channel, dict(fields), actor)
        self.core.publish([announced(self.world, guild, channel), *entries] if entries else [])

    def create_channel(self, guild_id: str, name: str, by: str | None = None) -> Channel:
        """Make a text channel."""
        guild = self.world.guild(guild_id)
        actor = self.check_right(guild, by, Permission.MANAGE_CHANNELS)
        place = len(guild.channels)
        channel = Channel(id=self.world.new_id(), guild_id=guild.id, name=name, position=place)
        self.core.publish(make_channel(self.world, guild, channel, actor))
        return channel

    def start_thread(self, channel_id: str, name: str, by: str | None = None) -> Channel:
        """Open a public thread in a channel."""
        channel, guild = self._place(channel_id)
        actor = by or guild.owner_id
        self.require(guild, actor, channel, Permission.CREATE_PUBLIC_THREADS)
        thread = new_thread(self.world, channel, name, PUBLIC_THREAD, actor)
        self.core.publish(open_thread(self.world, guild, thread, actor))
        return thread

    def take_direct_messages(self, user_id: str, *, on: bool = True) -> None:
        """Let a user take direct messages of their servers, or not."""
        self.world.user(user_id).open_to_messages = on
        self.core.publish([])

    def check_right(self, guild: Guild, by: str | None, permission: Permission) -> str:
        """Return who acts; refuse whoever lacks the permission in the guild."""
        actor = by or guild.owner_id
        if not guild_permissions(guild, self.world.member(guild, actor)) & permission:
            raise ApiError(MISSING_PERMISSIONS)
        return actor

    def check_rank(
        self, guild: Guild, by: str | None, target_id: str, permission: Permission
    ) -> str:
        """Return who acts; refuse whoever lacks the permission or does not stand above."""
        actor = self.check_right(guild, by, permission)
        target = guild.members.get(target_id)
        if target is not None and not outranks(guild, guild.members[actor], target):
            raise ApiError(MISSING_PERMISSIONS)
        return actor

    def channel_of_message(self, message_id: str) -> str | None:
        """Find where a message is."""
        for channel_id, kept in self.world.state.messages.items():
            if message_id in kept:
                return channel_id
        return None

    def _place(self, channel_id: str) -> tuple[Channel, Guild]:
        channel = self.world.channel(channel_id)
        return channel, self.world.guild(channel.guild_id or "")
