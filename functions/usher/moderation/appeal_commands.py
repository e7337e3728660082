"""/appeal, and the button in /myhistory by which members ask for another look (SPEC 7.2)."""

from itertools import islice
from typing import Annotated, Final, Literal

from usher.contracts.case_effects import PostCard
from usher.moderation.asking import (
    REASON,
    Reads,
    Services,
    admit,
    answered,
    numbers,
)
from usher.moderation.case_commands import every_case
from usher.moderation.guard import Action
from usher.moderation.model import Case, Kind, Ruling, Status
from usher.moderation.panel_commands import answer
from usher.moderation.sanction_commands import order
from usher.moderation.saving import save
from usher.moderation.settings import APPEALS, ON
from usher.moderation.words import kind_of, line_of
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Choice
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.modals import ChoiceField, Modal, TextField
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say

LISTED: Final = 10
OPEN_TO: Final = frozenset({Kind.WARN, Kind.MUTE, Kind.KICK, Kind.BAN, Kind.SOFTBAN})
LIFTS: Final = {Kind.MUTE: Action.UNMUTE, Kind.BAN: Action.UNBAN}

appeal = Group("appeal", "Members who ask for another look", shown_to=Permission.BAN_MEMBERS)


@appeal.command("config", "Whether members may appeal", defer=True, ephemeral=True)
def config(
    ctx: Ctx[Services], state: Annotated[Literal["on", "off"], Opt("May they or not")]
) -> Reply:
    """Set whether members may ask for another look."""
    admit(ctx, Permission.MANAGE_GUILD)
    return sentence(save(ctx, **{APPEALS: ON if state == ON else None}))


@appeal.command("list", "Show appeals that nobody has decided", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show open appeals, newest first."""
    admit(ctx, Permission.BAN_MEMBERS)
    waiting = (
        one
        for one in every_case(ctx)
        if one.appeal is not None and one.appeal.ruling is Ruling.OPEN
    )
    found = list(islice(waiting, LISTED))
    if not found:
        return sentence(say("No appeal is waiting."))
    lines = [
        f"{line_of(one, ctx.now)}\n{text.user(one.user_id)}: "
        f"{text.escape(text.cut(one.appeal.text if one.appeal else '', 200))}"
        for one in found
    ]
    return Reply(embeds=(Embed("\n".join(lines), say("Appeals")),), ephemeral=True)


@appeal.command("decide", "Grant an appeal or turn it down", defer=True, ephemeral=True)
def decide(
    ctx: Ctx[Services],
    case: Annotated[int, Opt("The case", min=1, complete=numbers)],
    ruling: Annotated[Literal["grant", "uphold"], Opt("What becomes of it")],
    reason: Annotated[str | None, Opt("Why", max_length=REASON)] = None,
) -> Reply:
    """Decide an appeal; what is granted is lifted or pardoned at once."""
    admit(ctx, Permission.BAN_MEMBERS)
    found = ctx.services.cases.find(ctx.guild_id, case)
    if found is None or found.appeal is None or found.appeal.ruling is not Ruling.OPEN:
        raise UserError(say("Nobody appeals against case {number}.", number=case))
    granted = ruling == "grant"
    made = order(ctx, Action.PARDON, found.user_id, reason)
    with answered(Action.PARDON, found.user_id):
        if granted and found.kind in LIFTS and found.status is Status.ACTIVE:
            lift = order(ctx, LIFTS[found.kind], found.user_id, reason or say("Appeal granted"))
            ctx.services.court.do(lift)
        ctx.services.court.rule(made, case, granted=granted)
    if granted:
        return sentence(say("The appeal against case {number} is granted.", number=case))
    return sentence(say("The appeal against case {number} is turned down.", number=case))


@action("appeal.form")
def appeal_form(ctx: Ctx[Reads]) -> Modal:
    """Open the form of an appeal."""
    open_ = appealable(ctx)
    if not open_:
        raise UserError(say("There is nothing that you could appeal against."))
    choices = tuple(
        Choice(f"{one.number} · {kind_of(one)} · {one.reason}", str(one.number))
        for one in open_[:25]
    )
    words = TextField(
        "text", say("What should the moderators know?"), long=True, min_length=10, max_length=1_000
    )
    which = ChoiceField("case", say("Against what"), choices)
    return Modal(say("Appeal"), (which, words), send_appeal.press())


@action("appeal.send", defer=True, anew=True)
def send_appeal(ctx: Ctx[Services]) -> Reply:
    """Put an appeal in front of the moderators, once a case."""
    settings = ctx.services.rulebook.read(ctx.guild_id)
    number = answer(ctx, "case")
    fitting = [one for one in appealable(ctx) if str(one.number) == number]
    if not settings.appeals or settings.desk is None or not fitting:
        raise UserError(say("You cannot appeal against that."))
    words = answer(ctx, "text")
    made = order(ctx, Action.NOTE, ctx.user_id, words)
    case = ctx.services.court.appeal(made, fitting[0].number)
    if case is None:
        raise UserError(say("You have appealed against that already."))
    card = PostCard(
        id=f"a{ctx.interaction_id}",
        guild_id=ctx.guild_id,
        channel_id=settings.desk,
        user_id=ctx.user_id,
        by=ctx.user_id,
        text=words,
        case=case.number,
    )
    ctx.services.court.post(card)
    return sentence(say("Your appeal is with the moderators."))


def appealable(ctx: Ctx[Reads] | Ctx[Services]) -> list[Case]:
    """Find what the asker may appeal against."""
    cases = ctx.services.cases.of_member(ctx.guild_id, ctx.user_id)
    return [
        one
        for one in cases
        if one.kind in OPEN_TO and one.status is Status.ACTIVE and one.appeal is None
    ]
