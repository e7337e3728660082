"""/slowmode: how long members wait between two messages (SPEC 7.1)."""

from datetime import timedelta
from typing import Annotated, Final

from usher.channels.asking import (
    DURATION_LENGTH,
    Services,
    any_duration,
    audit,
    ends,
    guild,
    require,
    target,
    until,
)
from usher.channels.bits import MANAGE_CHANNELS, MANAGE_THREADS
from usher.channels.model import SLOWABLE, THREADS
from usher.channels.slowmodes import OvertakenError, Wish, slow
from usher.ids import ChannelId
from usher.invites.ports import asking
from usher.slash import text
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.say import say
from usher.timing.durations import show_duration

LONGEST: Final = 21_600
"""Seconds (Discord docs: `rate_limit_per_user`)."""


@command(
    "slowmode",
    "Make members wait between two messages in a channel",
    defer=True,
    permissions=Permission.MANAGE_CHANNELS,
)
def slowmode(
    ctx: Ctx[Services],
    seconds: Annotated[int, Opt("Seconds between two messages; 0 for off", min=0, max=LONGEST)],
    channel: Annotated[ChannelId | None, Opt("Where; here if left out")] = None,
    duration: Annotated[
        str | None,
        Opt(
            "For how long, like 30m; then it is as before",
            max_length=DURATION_LENGTH,
            complete=any_duration,
        ),
    ] = None,
) -> Reply:
    """Set a slowmode, for a time if wanted."""
    end, found = until(ctx, duration), target(ctx, channel)
    if found.kind not in SLOWABLE:
        raise UserError(say("A channel of that kind has no slowmode."))
    thread = found.kind in THREADS
    needed = (MANAGE_THREADS, "Manage Threads") if thread else (MANAGE_CHANNELS, "Manage Channels")
    if not thread:
        require(guild(ctx), found, *needed)
    wish = Wish(found, seconds, ctx.interaction_id, end, audit(ctx, "Slowmode"))
    try:
        after = asking(lambda: slow(ctx.services.channels, wish, ctx.now))
    except OvertakenError:
        raise UserError(say("Somebody else has changed that just now. Please try again.")) from None
    return Reply(_told(seconds, after, text.channel(found.id), ends(end)))


def _told(seconds: int, after: int, channel: str, end: str) -> str:
    if seconds:
        length = show_duration(timedelta(seconds=seconds))
        said = say(
            "🐌 Slowmode in {channel}: a message every {length}", channel=channel, length=length
        )
    else:
        said = say("Slowmode is off in {channel}", channel=channel)
    if not end:
        return f"{said}."
    back = show_duration(timedelta(seconds=after)) if after else say("off")
    return f"{said}{end}. " + say("Then it is as before: {before}.", before=back)
