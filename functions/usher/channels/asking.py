"""What the commands about channels have in common."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.channels.bits import VIEW_CHANNEL, in_channel
from usher.channels.model import Channel
from usher.channels.ports import Tools
from usher.ids import ChannelId
from usher.invites.ports import asking
from usher.rewards.hierarchy import Hall
from usher.slash import text
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission, allows, names
from usher.slash.say import say
from usher.timing.durations import read_duration, show_duration

REASON_LENGTH: Final = 400
DURATION_LENGTH: Final = 32
SHORTEST: Final = timedelta(seconds=10)
LONGEST: Final = timedelta(days=365)
_OFFERED: Final = tuple(timedelta(minutes=n) for n in (5, 10, 30, 60, 120, 360, 720, 1440, 10080))


class Services(Protocol):
    """What the commands about channels call."""

    @property
    def channels(self) -> Tools:
        """Channels and messages in Discord, and what is on record of them."""
        ...


def any_duration(typing: Typing[object]) -> Suggestions:
    """Suggest how long; what is typed comes first where it can be read."""
    typed = read_duration(typing.typed)
    offered = [*([typed] if typed else []), *(one for one in _OFFERED if one != typed)]
    return [(show_duration(one), f"{int(one.total_seconds())}s") for one in offered]


def until(ctx: Ctx[Services], duration: str | None) -> datetime | None:
    """Read until when something is to hold; None for no end. Raises UserError."""
    if duration is None:
        return None
    length = read_duration(duration)
    if length is None:
        raise UserError(say("I cannot read that duration. Write it like `10m`, `2h 30m` or `1d`."))
    if not SHORTEST <= length <= LONGEST:
        raise UserError(say("A duration is 10 seconds at least and a year at most."))
    return ctx.now + length


def target(ctx: Ctx[Services], channel_id: ChannelId | None) -> Channel:
    """Read the channel that is meant, where the member may manage it; raises UserError."""
    wanted = channel_id or ctx.channel_id
    named = ctx.channels.get(wanted) if wanted else None
    held = ctx.permissions if named is None else named.permissions
    if not allows(held, Permission.MANAGE_CHANNELS):
        raise UserError(
            say("You need {needed} in that channel.", needed=names(Permission.MANAGE_CHANNELS))
        )
    found = asking(lambda: ctx.services.channels.desk.channel(wanted)) if wanted else None
    if found is None or found.guild_id != ctx.guild_id:
        raise UserError(say("I do not see that channel: let my role view it, and try again."))
    return found


def guild(ctx: Ctx[Services]) -> Hall:
    """Read the server's roles; raises UserError."""
    found = ctx.services.channels.halls.hall(ctx.guild_id, fresh=True)
    if found is None:
        raise UserError(say("I cannot read this server's roles just now. Please try again soon."))
    return found


def require(hall: Hall, channel: Channel, needed: int, name: str) -> None:
    """Refuse where Usher itself lacks a permission; raises UserError that names it."""
    if in_channel(hall, channel) & (needed | VIEW_CHANNEL) != needed | VIEW_CHANNEL:
        raise UserError(
            say(
                "I need {needed} in {channel}: give it to my role there, and try again.",
                needed=name,
                channel=text.channel(channel.id),
            )
        )


def audit(ctx: Ctx[Services], what: str, reason: str | None = None) -> str:
    """Say in Discord's audit log who wanted what, and why."""
    why = f": {reason}" if reason else ""
    return f"{what} by {ctx.user_id}{why}"


def ends(moment: datetime | None) -> str:
    """Say until when, with a space before it; nothing for no end."""
    return "" if moment is None else " " + say("until {when}", when=text.when(moment, "f"))
