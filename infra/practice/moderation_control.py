"""What the page does by hand as the member `user_id`, so that the bot sees it in the audit log."""

from datetime import timedelta
from typing import TYPE_CHECKING

from infra.practice.entities import Guild
from infra.practice.forms import Form
from infra.practice.json_types import Json

if TYPE_CHECKING:
    from infra.practice.practice import Practice

LONGEST_TIMEOUT = 2_419_200
LONGEST_SWEEP = 604_800
LONGEST_SLOWMODE = 21_600


class ModerationControl:
    """Moderation over the page's API."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {
            "moderate-timeout": self.time_out,
            "moderate-kick": self.kick,
            "moderate-ban": self.ban,
            "moderate-unban": self.unban,
            "delete-message": self.delete_message,
            "slowmode": self.slowmode,
            "create-channel": self.create_channel,
            "start-thread": self.start_thread,
            "direct-messages": self.direct_messages,
        }

    async def time_out(self, guild: Guild, form: Form) -> Json:
        """Time `target_id` out for `seconds`; 0 ends the timeout."""
        seconds = form.integer("seconds", 0, LONGEST_TIMEOUT, 0)
        form.check()
        length = timedelta(seconds=seconds) if seconds else None
        target, reason = form.text("target_id", 20), _reason(form)
        by = form.text("user_id", 20)
        self._practice.time_out(guild.id, target, length, by=by, reason=reason)
        return {}

    async def kick(self, guild: Guild, form: Form) -> Json:
        """Kick `target_id`."""
        target, by = form.text("target_id", 20), form.text("user_id", 20)
        self._practice.kick_by_hand(guild.id, target, by, _reason(form))
        return {}

    async def ban(self, guild: Guild, form: Form) -> Json:
        """Ban `target_id` and delete what they wrote in the last `delete_seconds`."""
        seconds = form.integer("delete_seconds", 0, LONGEST_SWEEP, 0)
        form.check()
        target, by = form.text("target_id", 20), form.text("user_id", 20)
        self._practice.ban_by_hand(guild.id, target, by, _reason(form), seconds)
        return {}

    async def unban(self, guild: Guild, form: Form) -> Json:
        """Lift the ban of `target_id`."""
        target, by = form.text("target_id", 20), form.text("user_id", 20)
        self._practice.unban_by_hand(guild.id, target, by, _reason(form))
        return {}

    async def delete_message(self, _: Guild, form: Form) -> Json:
        """Delete the message `message_id`."""
        self._practice.delete_message(form.text("message_id", 20), form.text("user_id", 20))
        return {}

    async def slowmode(self, _: Guild, form: Form) -> Json:
        """Slow the channel `channel_id` down to one message in `seconds`."""
        seconds = form.integer("seconds", 0, LONGEST_SLOWMODE, 0)
        form.check()
        channel_id, by = form.text("channel_id", 20), form.text("user_id", 20)
        self._practice.set_slowmode(channel_id, seconds, by)
        return {}

    async def create_channel(self, guild: Guild, form: Form) -> Json:
        """Make the text channel `name`."""
        name = form.required_text("name", 1, 100)
        form.check()
        return {"id": self._practice.create_channel(guild.id, name, form.text("user_id", 20)).id}

    async def start_thread(self, _: Guild, form: Form) -> Json:
        """Open the thread `name` in the channel `channel_id`."""
        name = form.required_text("name", 1, 100)
        form.check()
        channel_id, by = form.text("channel_id", 20), form.text("user_id", 20)
        return {"id": self._practice.start_thread(channel_id, name, by).id}

    async def direct_messages(self, _: Guild, form: Form) -> Json:
        """Let `user_id` take direct messages, where `on`."""
        self._practice.take_direct_messages(form.text("user_id", 20), on=form.boolean("on"))
        return {}


def _reason(form: Form) -> str | None:
    return form.text("reason", 512) or None
