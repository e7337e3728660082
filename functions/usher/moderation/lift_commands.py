"""/unmute, /unban and /clearwarnings: taking back (SPEC 7.1)."""

from dataclasses import replace
from typing import Annotated

from usher.ids import UserId
from usher.moderation.asking import (
    NEEDED,
    REASON,
    Services,
    admit,
    answered,
    bans,
    numbers,
    reasons,
)
from usher.moderation.guard import Action
from usher.moderation.model import Case, Kind, SlotKind, Status
from usher.moderation.rules import counts
from usher.moderation.sanction_commands import Whom, carry_out, order
from usher.slash import text
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.resolved import is_snowflake
from usher.slash.say import say, say_count

MaybeWhy = Annotated[str | None, Opt("Why", max_length=REASON, complete=reasons)]


@command("unmute", "Let a muted member speak again", defer=True, ephemeral=True, shown_to=NEEDED)
def unmute(ctx: Ctx[Services], user: Whom, reason: MaybeWhy = None) -> Reply:
    """End a mute before its time, whoever gave it."""
    return carry_out(ctx, order(ctx, Action.UNMUTE, user, reason))


@command(
    "unban",
    "Lift a ban",
    defer=True,
    ephemeral=True,
    shown_to=Permission.BAN_MEMBERS,
)
def unban(
    ctx: Ctx[Services],
    user: Annotated[str, Opt("The banned user's id", max_length=32, complete=bans)],
    reason: MaybeWhy = None,
) -> Reply:
    """End a ban before its time, whoever gave it."""
    typed = user.strip().removeprefix("<@").removeprefix("!").removesuffix(">")
    if not is_snowflake(typed):
        raise UserError(say("That is not a user's id. Choose one of the list, or paste the id."))
    user_id = UserId(typed)
    admit(ctx, Permission.BAN_MEMBERS)
    slot = ctx.services.cases.slot(ctx.guild_id, SlotKind.BAN, user_id)
    if slot.case is None and not ctx.services.court.is_banned(ctx.guild_id, user_id):
        raise UserError(say("{user} is not banned.", user=text.user(user_id)))
    return carry_out(ctx, order(ctx, Action.UNBAN, user_id, reason))


@command(
    "clearwarnings",
    "Pardon a member's warnings",
    defer=True,
    ephemeral=True,
    shown_to=NEEDED,
)
def clearwarnings(
    ctx: Ctx[Services],
    user: Whom,
    case: Annotated[
        int | None, Opt("One of them; all if left out", min=1, complete=numbers)
    ] = None,
    reason: MaybeWhy = None,
) -> Reply:
    """Pardon warnings: they stay on record and count no more."""
    admit(ctx)
    made = order(ctx, Action.PARDON, user, reason)
    found = [one for one in _warnings(ctx, user) if case in (None, one.number)]
    if not found:
        if case is not None:
            said = say("Case {number} is no warning of theirs that counts.", number=case)
            raise UserError(said)
        return sentence(say("{user} has no warnings that count.", user=text.user(user)))
    with answered(Action.PARDON, user):
        for one in found:
            ctx.services.court.pardon(replace(made, key=f"{made.key}.{one.number}"), one.number)
    pardoned = say_count("{number} warning", "{number} warnings", len(found))
    return sentence(
        say(
            "{count} of {user} pardoned. They stay on record.", count=pardoned, user=text.user(user)
        )
    )


def _warnings(ctx: Ctx[Services], user: UserId) -> list[Case]:
    cases = ctx.services.cases.of_member(ctx.guild_id, user)
    return [
        one
        for one in cases
        if one.kind is Kind.WARN and one.status is Status.ACTIVE and counts(one, ctx.now)
    ]
