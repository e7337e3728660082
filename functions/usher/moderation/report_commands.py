"""/report, and the entry Report of the menu on messages; the card's button (SPEC 7.2)."""

from typing import Annotated, Final

from usher.contracts.case_effects import PostCard
from usher.ids import UserId
from usher.moderation.asking import REASON, Reads, Services, admit
from usher.moderation.panel_commands import answer, message_link
from usher.moderation.sanction_commands import Whom
from usher.slash import text
from usher.slash.actions import action
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.menus import message_menu
from usher.slash.modals import Modal, TextField
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.resolved import TargetMessage
from usher.slash.say import later, say

MOST_AN_HOUR: Final = 5

_NOWHERE: Final = later("This server takes no reports yet. An admin can say where they go.")


@command("report", "Tell the moderators about somebody", defer=True, ephemeral=True)
def report(
    ctx: Ctx[Services],
    user: Whom,
    reason: Annotated[str, Opt("What happened", min_length=3, max_length=REASON)],
) -> Reply:
    """Put a card in front of the moderators."""
    return _send(ctx, user, reason, "")


@message_menu("Report")
def report_message(ctx: Ctx[Reads], message: TargetMessage) -> Modal:
    """Open a form; the message goes with it."""
    if ctx.services.rulebook.read(ctx.guild_id).desk is None:
        raise UserError(say(_NOWHERE))
    field = TextField("reason", say("What is wrong with it?"), long=True, max_length=REASON)
    press = send_report.press(user=message.author_id, link=message_link(ctx, message))
    return Modal(say("Report"), (field,), press)


@action("report.send", defer=True, anew=True)
def send_report(ctx: Ctx[Services], user: str, link: str) -> Reply:
    """Put a card about a message in front of the moderators."""
    return _send(ctx, UserId(user), answer(ctx, "reason"), link)


@action("report.close", defer=True)
def close_report(ctx: Ctx[Services], said: str, words: str) -> Reply:
    """Mark a card as seen to; what it says stays."""
    admit(ctx)
    seen = say("Seen to by {user}.", user=text.user(ctx.user_id))
    return Reply(f"{said}\n{seen}", (Embed(text.escape(words)),))


def _send(ctx: Ctx[Services], user: UserId, reason: str, link: str) -> Reply:
    desk = ctx.services.rulebook.read(ctx.guild_id).desk
    if desk is None:
        raise UserError(say(_NOWHERE))
    if user == ctx.user_id:
        raise UserError(say("You cannot report yourself."))
    if not ctx.services.court.may_report(ctx.guild_id, ctx.user_id, ctx.now, MOST_AN_HOUR):
        raise UserError(say("Those were many reports. Please wait an hour before the next."))
    card = PostCard(
        id=f"r{ctx.interaction_id}",
        guild_id=ctx.guild_id,
        channel_id=desk,
        user_id=user,
        by=ctx.user_id,
        text=reason,
        link=link,
    )
    ctx.services.court.post(card)
    return sentence(say("Thank you. The moderators see it."))
