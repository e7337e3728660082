"""/invite add and /invite reset (SPEC 3.2)."""

from typing import Annotated, Final, Protocol

from usher.contracts.deeds import MOST_INVITES, Deed, InvitesGranted
from usher.credit.queries import CreditReads
from usher.ids import GuildId, UserId
from usher.invites.group import invite
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply, sentence

LATER: Final = "It is noted and will be done in a moment; the event worker is busy."


class Deeds(Protocol):
    """Has deeds done by the event worker, which alone writes credit and ledger."""

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """Have deeds of one interaction done; False when they will be done later."""
        ...


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
        raise UserError("`invites` must not be 0.")
    grant = InvitesGranted(ctx.interaction_id, user, invites, ctx.user_id, ctx.now)
    if not ctx.services.deeds.do(ctx.guild_id, grant):
        return sentence(LATER)
    done = "Added" if invites > 0 else "Took away"
    way = "to" if invites > 0 else "from"
    tally = ctx.services.credit.tally(ctx.guild_id, user, consistent=True)
    return sentence(
        f"{done} {text.count(abs(invites), 'invite')} {way} {text.user(user)}, "
        f"who has **{text.count(tally.effective, 'invite')}** now ({tally.added:,} added)."
    )


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
        raise UserError(f"Nothing is added to {text.user(user)}'s invites.")
    clear = InvitesGranted(ctx.interaction_id, user, None, ctx.user_id, ctx.now)
    if not ctx.services.deeds.do(ctx.guild_id, clear):
        return sentence(LATER)
    tally = ctx.services.credit.tally(ctx.guild_id, user, consistent=True)
    return sentence(
        f"Cleared {text.count(before.added, 'added invite')} of {text.user(user)}, "
        f"who has **{text.count(tally.effective, 'invite')}** now."
    )


def _refuse_bot(ctx: Ctx[Services], user: UserId) -> None:
    resolved = ctx.users.get(user)
    if resolved is not None and resolved.bot:
        raise UserError("Bots invite nobody, so they hold no invites.")
