"""What members write, as far as slowmode, locked threads and Auto Moderation let them."""

from dataclasses import replace
from datetime import timedelta

from infra.practice.automod.executing import Case, Executor, Verdict, look
from infra.practice.content.body import read_body
from infra.practice.content.message import Message
from infra.practice.entities import Channel, Guild
from infra.practice.errors import BLOCKED, SLOWMODE, THREAD_LOCKED, UNKNOWN_CHANNEL, ApiError
from infra.practice.permissions import Permission, sending_in
from infra.practice.population import Population
from infra.practice.posting import Authorship


class Talking(Population):
    """The messages of members."""

    def say(self, channel_id: str, user_id: str, content: str) -> Message:
        """Have a member post a message, or write to the bot in their direct channel.

        What Auto Moderation blocks raises 200000.
        """
        channel = self.world.channel(channel_id)
        if channel.guild_id is not None:
            guild = self.world.guild(channel.guild_id)
            self.require(guild, user_id, channel, sending_in(channel))
            self._check_pace(guild, user_id, channel)
        elif channel.recipient_id != user_id:
            raise ApiError(UNKNOWN_CHANNEL)
        body = read_body({"content": content})
        case, verdict = self._looked_at(channel, user_id, body.content)
        executor = Executor(self.world, self.core.postbox)
        if case is not None and verdict.blocked:
            self.core.publish(executor.execute(case, verdict))
            told = f"{BLOCKED.message}. {verdict.explanation}".rstrip(". ")
            raise ApiError(replace(BLOCKED, message=told))
        message, events = self.core.postbox.post(channel, body, Authorship(author_id=user_id))
        if case is not None:
            case.message = message
            events += executor.execute(case, verdict)
        self.core.publish(events)
        return message

    def messages(self, channel_id: str, viewer_id: str | None = None) -> list[Message]:
        """List a channel's messages, oldest first, with the ephemeral ones of `viewer_id`."""
        kept = self.world.state.messages.get(self.world.channel(channel_id).id, {})
        return [item for item in kept.values() if item.visible_to in (None, viewer_id)]

    def _looked_at(self, channel: Channel, user_id: str, text: str) -> tuple[Case | None, Verdict]:
        """Have Auto Moderation look at what somebody is about to post in a server."""
        if channel.guild_id is None:
            return None, Verdict()
        guild = self.world.guild(channel.guild_id)
        case = Case(guild, self.world.member(guild, user_id), text, channel)
        return case, look(case)

    def _check_pace(self, guild: Guild, user_id: str, channel: Channel) -> None:
        """Refuse what slowmode or a locked thread keeps from those who do not run the server."""
        held = self.world.permissions(guild, self.world.member(guild, user_id), channel)
        thread = channel.thread
        if thread is not None and thread.locked and not held & Permission.MANAGE_THREADS:
            raise ApiError(THREAD_LOCKED)
        if not channel.rate_limit_per_user or held & Permission.BYPASS_SLOWMODE:
            return
        since = self.world.now - timedelta(seconds=channel.rate_limit_per_user)
        recent = self.core.postbox.messages_of(guild, user_id, since)
        if any(message.channel_id == channel.id for message in recent):
            raise ApiError(SLOWMODE)
