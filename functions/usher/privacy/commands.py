"""/privacy view, export and delete: a member's own data in the server where they ask (SPEC 11.8).

Nobody can name anybody else: the person is always who asked, and buttons serve them alone.
"""

from typing import Annotated, Final, Protocol

from usher.attribution.queries import InviteReads
from usher.credit.queries import CreditReads
from usher.ledger.erasure import Erasure
from usher.ledger.patience import TooLongError
from usher.moderation.ports import CaseBook
from usher.moderation.redactor import Redactor, every_about
from usher.moderation.rules import theirs_to_see
from usher.onboarding.ports import Drafts, Sessions
from usher.privacy.dossier import Dossier, write_dossier
from usher.privacy.queries import Privacy
from usher.privacy.words import tell_erased, tell_kept, tell_question
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import File, Reply, sentence
from usher.slash.say import say
from usher.staff.queries import StaffReads

NAMES_VIEWED: Final = 50
NAMES_EXPORTED: Final = 1000

privacy = Group("privacy", "What Usher keeps of you in this server")


class Services(Protocol):
    """What these commands call."""

    @property
    def privacy(self) -> Privacy:
        """What is kept beside the ledger."""
        ...

    @property
    def credit(self) -> CreditReads:
        """Counters."""
        ...

    @property
    def invites(self) -> InviteReads:
        """Memberships and codes."""
        ...

    @property
    def staff(self) -> StaffReads:
        """The staff list."""
        ...

    @property
    def onboardings(self) -> Sessions:
        """How far onboardings are."""
        ...

    @property
    def drafts(self) -> Drafts:
        """What was typed into those that are under way."""
        ...

    @property
    def cases(self) -> CaseBook:
        """Cases of moderation."""
        ...


@privacy.command("view", "Show what is kept of you in this server", defer=True, ephemeral=True)
def view(ctx: Ctx[Services]) -> Reply:
    """Show what is kept of who asks."""
    return Reply(embeds=(tell_kept(_dossier(ctx, NAMES_VIEWED), ctx.now),), ephemeral=True)


@privacy.command("export", "Get all that is kept of you here as a file", defer=True, ephemeral=True)
def export(ctx: Ctx[Services]) -> Reply:
    """Attach all that is kept of who asks."""
    try:
        lines = ctx.services.privacy.lines(ctx.guild_id, ctx.user_id)
    except TooLongError:
        raise UserError(
            say(
                "The log of this server is too long to be searched while you wait. Please ask who "
                "runs Usher here for it: `usher ledger export --user`, with your id."
            )
        ) from None
    content = write_dossier(_dossier(ctx, NAMES_EXPORTED), lines, ctx.now)
    file = File(f"usher_{ctx.guild_id}_{ctx.user_id}.json", content, "application/json")
    return Reply(
        say(
            "This is all that Usher keeps of you in this server, but for what moderators have "
            "noted for themselves."
        ),
        files=(file,),
        ephemeral=True,
    )


@privacy.command("delete", "Erase your names from what is kept in this server", ephemeral=True)
def delete(
    ctx: Ctx[Services],
    for_good: Annotated[bool, Opt("Also write no name of yours down here again")] = False,
) -> Reply:
    """Ask for confirmation."""
    del ctx
    yes = Button(say("Erase my names"), erase.press(for_good=for_good), Style.DANGER)
    no = Button(say("Keep them"), keep.press())
    return Reply(tell_question(for_good=for_good), ephemeral=True, rows=((yes, no),))


@action("privacy.erase", defer=True)
def erase(ctx: Ctx[Services], for_good: bool) -> Reply:
    """Have the names of who pressed erased; at once what they typed, and names in cases."""
    ctx.services.drafts.forget(ctx.guild_id, ctx.user_id)
    ctx.services.privacy.erase(Erasure(ctx.guild_id, ctx.user_id, ctx.now, for_good))
    # What they are called now may be kept nowhere but in cases: the daily job could not know it.
    records = Redactor(ctx.services.cases, lambda: ctx.now)
    records.forget_names(ctx.guild_id, {ctx.user_id: ctx.called})
    return sentence(tell_erased(for_good=for_good))


@action("privacy.keep")
def keep(ctx: Ctx[Services]) -> Reply:
    """Erase nothing."""
    del ctx
    return sentence(say("Nothing was erased."))


def _dossier(ctx: Ctx[Services], most: int) -> Dossier:
    services, guild_id, user_id = ctx.services, ctx.guild_id, ctx.user_id
    session = services.onboardings.latest(guild_id, user_id)
    return Dossier(
        guild_id=guild_id,
        user_id=user_id,
        origin=services.invites.origin(guild_id, user_id),
        tally=services.credit.tally(guild_id, user_id),
        codes=services.invites.codes_of(guild_id, user_id, ctx.now),
        staff=services.staff.find(guild_id, user_id),
        upgrades=services.staff.upgrades(guild_id, user_id),
        kept=services.privacy.kept(guild_id, user_id, most),
        cases=tuple(filter(theirs_to_see, every_about(services.cases, guild_id, user_id))),
        draft={} if session is None else services.drafts.draft(session.stay).answers,
    )
