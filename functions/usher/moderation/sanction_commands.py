"""/warn, /mute, /kick, /ban, /softban and /note (SPEC 7.1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from usher.contracts.deeds import SettingChanged
from usher.ids import UserId
from usher.moderation.answering import consequences, told
from usher.moderation.asking import (
    NEEDED,
    REASON,
    Services,
    actor,
    answered,
    attached,
    lengths,
    reasons,
    why,
)
from usher.moderation.durations import read_duration
from usher.moderation.guard import Action, Refusal
from usher.moderation.model import Case, Kind, Status
from usher.moderation.order import Order, RefusedError
from usher.moderation.rules import renew_at
from usher.moderation.settings import MUTES, ON
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import AttachmentId
from usher.slash.say import say

LENGTH: Final = 32
DAY: Final = 86_400

Whom = Annotated[UserId, Opt("Whom")]
Why = Annotated[str, Opt("Why", min_length=1, max_length=REASON, complete=reasons)]
HowLong = Annotated[
    str, Opt("How long, like 30m, 7d or permanent", max_length=LENGTH, complete=lengths)
]
Pruned = Annotated[int | None, Opt("Delete their messages of so many days", min=0, max=7)]


@command("warn", "Warn a member", defer=True, ephemeral=True, shown_to=NEEDED)
def warn(
    ctx: Ctx[Services],
    user: Whom,
    reason: Why,
    points: Annotated[int, Opt("How heavy it weighs", min=1, max=10)] = 1,
    expires: Annotated[
        str | None,
        Opt(
            "How long it counts; the server's rule if left out", max_length=LENGTH, complete=lengths
        ),
    ] = None,
    evidence: Annotated[AttachmentId | None, Opt("A file that shows it")] = None,
) -> Reply:
    """Warn somebody; what the points lead to follows at once."""
    if expires is None:
        length = ctx.services.rulebook.read(ctx.guild_id).expiry
    else:
        length = read_duration(expires)
    until = None if length is None else ctx.now + length
    made = order(ctx, Action.WARN, user, reason)
    return carry_out(
        ctx, replaced(made, until=until, points=points, evidence=attached(ctx, evidence))
    )


@command("mute", "Time a member out", defer=True, ephemeral=True, shown_to=NEEDED)
def mute(ctx: Ctx[Services], user: Whom, duration: HowLong, reason: Why) -> Reply:
    """Mute somebody, for as long as is wanted: Discord's 28 days are renewed."""
    return carry_out(ctx, lasting(ctx, Action.MUTE, user, duration, reason))


@command("kick", "Remove a member", defer=True, ephemeral=True, shown_to=Permission.KICK_MEMBERS)
def kick(ctx: Ctx[Services], user: Whom, reason: Why) -> Reply:
    """Remove somebody, who may come back."""
    return carry_out(ctx, order(ctx, Action.KICK, user, reason))


@command("ban", "Ban a user", defer=True, ephemeral=True, shown_to=Permission.BAN_MEMBERS)
def ban(
    ctx: Ctx[Services],
    user: Whom,
    duration: HowLong,
    reason: Why,
    delete_days: Pruned = None,
) -> Reply:
    """Ban somebody, member or not, for a time or for good."""
    made = lasting(ctx, Action.BAN, user, duration, reason)
    return carry_out(ctx, replaced(made, delete_seconds=(delete_days or 0) * DAY))


@command(
    "softban",
    "Remove a member and their latest messages",
    defer=True,
    ephemeral=True,
    shown_to=Permission.BAN_MEMBERS,
)
def softban(ctx: Ctx[Services], user: Whom, reason: Why, delete_days: Pruned = None) -> Reply:
    """Ban somebody and lift it at once: they are gone with their messages, and may come back."""
    days = 1 if delete_days is None else delete_days
    made = order(ctx, Action.SOFTBAN, user, reason)
    return carry_out(ctx, replaced(made, delete_seconds=days * DAY))


@command("note", "Keep a note about a member", defer=True, ephemeral=True, shown_to=NEEDED)
def note(
    ctx: Ctx[Services],
    user: Whom,
    text: Annotated[str, Opt("What moderators should know", min_length=1, max_length=1_000)],
) -> Reply:
    """Keep a note; the member is not told."""
    return carry_out(ctx, order(ctx, Action.NOTE, user, text))


@action("mod.confirm", defer=True)
def confirm(
    ctx: Ctx[Services],
    action: str,
    user: str,
    reason: str,
    seconds: int | None,
    points: int,
    delete: int,
) -> Reply:
    """Do it to a bot after all. The guard asks again who does."""
    until = None if seconds is None else ctx.now + timedelta(seconds=seconds)
    made = order(ctx, Action(action), UserId(user), reason)
    return carry_out(
        ctx, replaced(made, until=until, points=points, delete_seconds=delete, confirmed=True)
    )


def order(ctx: Ctx[Services], action: Action, user: UserId, reason: str | None) -> Order:
    """Write an order under the interaction's id: the same again is done once."""
    return Order(
        ctx.guild_id, ctx.interaction_id, action, user, actor(ctx), why(ctx, reason), ctx.now
    )


def replaced(made: Order, **changes: object) -> Order:
    """Write an order with particulars."""
    return replace(made, **changes)  # type: ignore[arg-type]


def lasting(ctx: Ctx[Services], action: Action, user: UserId, typed: str, reason: str) -> Order:
    """Write an order of something that holds for a time; raises UserError."""
    length = read_duration(typed)
    until = None if length is None else ctx.now + length
    return replaced(order(ctx, action, user, reason), until=until)


def carry_out(ctx: Ctx[Services], made: Order) -> Reply:
    """Do it, and say what came of it; raises UserError."""
    with answered(made.action, made.user_id):
        try:
            case = ctx.services.court.do(made)
        except RefusedError as error:
            if error.why is not Refusal.BOT:
                raise
            return _asked(ctx, made)
    followed = consequences(ctx, case)
    _note_long(ctx, (case, *followed))
    return told(ctx, case, followed)


def _note_long(ctx: Ctx[Services], cases: Sequence[Case]) -> None:
    """Have members looked at when they come back, once there is a mute that may need it."""
    long = any(
        one.kind is Kind.MUTE and one.status is Status.ACTIVE and renew_at(one) for one in cases
    )
    if long and ctx.services.settings.find(ctx.guild_id, MUTES) is None:
        id_ = f"{ctx.interaction_id}.{MUTES}"
        ctx.services.deeds.do(ctx.guild_id, SettingChanged(id_, MUTES, ON, ctx.user_id, ctx.now))


def _asked(ctx: Ctx[Services], made: Order) -> Reply:
    seconds = None if made.until is None else int((made.until - ctx.now).total_seconds())
    press = confirm.press(
        action=made.action.value,
        user=made.user_id,
        reason=made.reason,
        seconds=seconds,
        points=made.points,
        delete=made.delete_seconds,
    )
    words = say("{user} is a bot. Do you mean it?", user=text.user(made.user_id))
    return Reply(words, ephemeral=True, rows=((Button(say("Yes"), press, Style.DANGER),),))
