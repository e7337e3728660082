"""/invite add and /invite reset (SPEC 3.2)."""

from typing import Annotated, Protocol

from usher.asking import LATER, Deeds
from usher.contracts.deeds import MOST_INVITES, InvitesGranted
from usher.credit.queries import CreditReads
from usher.ids import UserId
from usher.invites.group import invite
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence
from usher.slash.say import say, say_count


class Services(Protocol):
    """What these commands call."""

    @property
    def credit(self) -> CreditReads:
        """Counters."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes them."""
        ...


@invite.command(
    "add",
    "Add invites to a member, or take some away",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def add(
    ctx: Ctx[Services],
    user: Annotated[UserId, Opt("To whom")],
    invites: Annotated[
        int, Opt("How many; a negative number takes away", min=-MOST_INVITES, max=MOST_INVITES)
    ],
) -> Reply:
    """Grant invites; they count as `added`, never as joins."""
    _refuse_bot(ctx, user)
    if not invites:
        raise UserError(say("`invites` must not be 0."))
    grant = InvitesGranted(ctx.interaction_id, user, invites, ctx.user_id, ctx.now)
    if not ctx.services.deeds.do(ctx.guild_id, grant):
        return sentence(say(LATER))
    tally = ctx.services.credit.tally(ctx.guild_id, user, consistent=True)
    who, added = text.user(user), f"{tally.added:,}"
    held = say_count("{number} invite", "{number} invites", tally.effective)
    if invites > 0:
        words = say_count(
            "Added {number} invite to {user}, who has **{held}** now ({added} added).",
            "Added {number} invites to {user}, who has **{held}** now ({added} added).",
            invites,
            user=who,
            held=held,
            added=added,
        )
    else:
        words = say_count(
            "Took away {number} invite from {user}, who has **{held}** now ({added} added).",
            "Took away {number} invites from {user}, who has **{held}** now ({added} added).",
            -invites,
            user=who,
            held=held,
            added=added,
        )
    return sentence(words)


@invite.command(
    "reset",
    "Take away all invites that were added to a member by hand",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def reset(ctx: Ctx[Services], user: Annotated[UserId, Opt("Whose added invites")]) -> Reply:
    """Clear `added` alone: what a member brought stays."""
    before = ctx.services.credit.tally(ctx.guild_id, user, consistent=True)
    if not before.added:
        raise UserError(say("Nothing is added to {user}'s invites.", user=text.user(user)))
    clear = InvitesGranted(ctx.interaction_id, user, None, ctx.user_id, ctx.now)
    if not ctx.services.deeds.do(ctx.guild_id, clear):
        return sentence(say(LATER))
    tally = ctx.services.credit.tally(ctx.guild_id, user, consistent=True)
    return sentence(
        say_count(
            "Cleared {number} added invite of {user}, who has **{held}** now.",
            "Cleared {number} added invites of {user}, who has **{held}** now.",
            before.added,
            user=text.user(user),
            held=say_count("{number} invite", "{number} invites", tally.effective),
        )
    )


def _refuse_bot(ctx: Ctx[Services], user: UserId) -> None:
    resolved = ctx.users.get(user)
    if resolved is not None and resolved.bot:
        raise UserError(say("Bots invite nobody, so they hold no invites."))
