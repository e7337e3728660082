"""/warn, /mute, /kick, /ban, /softban and /note (SPEC 7.1)."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from usher.ids import UserId
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
from usher.moderation.durations import read_duration, say_duration
from usher.moderation.guard import Action, Refusal
from usher.moderation.model import Case, Kind, Source, Status, Told
from usher.moderation.order import Order, RefusedError
from usher.moderation.words import case_embed, kind_of
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import AttachmentId
from usher.slash.say import later, say

LENGTH: Final = 32
DAY: Final = 86_400

Whom = Annotated[UserId, Opt("Whom")]
Why = Annotated[str, Opt("Why", min_length=1, max_length=REASON, complete=reasons)]
HowLong = Annotated[
    str, Opt("How long, like 30m, 7d or permanent", max_length=LENGTH, complete=lengths)
]
Pruned = Annotated[int | None, Opt("Delete their messages of so many days", min=0, max=7)]

DONE: Final = {
    Kind.WARN: later("{user} was warned"),
    Kind.NOTE: later("The note about {user} is kept"),
    Kind.MUTE: later("{user} is muted {length}"),
    Kind.UNMUTE: later("{user} is not muted any more"),
    Kind.KICK: later("{user} was removed"),
    Kind.SOFTBAN: later("{user} was removed, and their messages"),
    Kind.BAN: later("{user} is banned {length}"),
    Kind.UNBAN: later("{user} is not banned any more"),
}


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
    return told(ctx, case)


def told(ctx: Ctx[Services], case: Case) -> Reply:
    """Say what became of a case."""
    if case.status is Status.FAILED:
        raise UserError(
            say("That was not carried out. Case {number} says why.", number=case.number)
        )
    if case.status is Status.PENDING:
        words = say("Case {number} is being carried out.", number=case.number)
        return Reply(words, ephemeral=True)
    length = "" if case.kind not in (Kind.MUTE, Kind.BAN) else _length(case)
    done = say(DONE[case.kind], user=text.user(case.user_id), length=length)
    said = [f"{done}. {say('Case {number}.', number=case.number)}"]
    if case.told is Told.CLOSED:
        said.append(say("They take no direct messages, so they were not told."))
    said += [_followed(one) for one in _consequences(ctx, case)]
    return Reply("\n".join(said), (case_embed(case, ctx.now),), ephemeral=True)


def _length(case: Case) -> str:
    length = None if case.until is None else case.until - case.at
    return say("for {length}", length=say_duration(length)) if length else say("for good")


def _consequences(ctx: Ctx[Services], case: Case) -> list[Case]:
    """Find what a warning has led to."""
    if case.kind is not Kind.WARN:
        return []
    cases = ctx.services.cases.of_member(ctx.guild_id, case.user_id)
    found = [one for one in cases if one.about == case.number and one.source is Source.RULE]
    return found[::-1]


def _followed(case: Case) -> str:
    if case.status is Status.FAILED:
        return say(
            "Their points lead to {what}, which could not be carried out (case {number}).",
            what=kind_of(case).lower(),
            number=case.number,
        )
    return say(
        "Their points lead to {what} (case {number}).",
        what=kind_of(case).lower(),
        number=case.number,
    )


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
