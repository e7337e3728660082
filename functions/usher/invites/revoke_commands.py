"""/invite revoke: what an invite has brought, and its end (SPEC 3.2)."""

from dataclasses import replace
from typing import Annotated, Final

from usher.asking import LATER
from usher.attribution.code_records import CodeRecord
from usher.ids import InviteCode
from usher.invites.codes import active_code, find_code, note_of, noted, reason
from usher.invites.group import invite
from usher.invites.label_commands import STATUSES, told_of
from usher.invites.ports import Services, asking
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply
from usher.slash.say import say, say_count

RED: Final = 0xED4245


@invite.command(
    "revoke",
    "End an invite for good",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def revoke(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which invite", max_length=200, complete=active_code)],
) -> Reply:
    """Show what would be lost, and ask."""
    record = _revocable(ctx, code)
    nobody = say("Nobody can join by it any more. Credit stays.")
    words = f"{told_of(record, record.note)}\n\n{nobody}"
    button = Button(say("Revoke it"), revoke_now.press(code=record.code), Style.DANGER)
    title = say("Revoke {code}?", code=record.code)
    return Reply(embeds=(Embed(words, title, color=RED),), ephemeral=True, rows=((button,),))


@action("invite.revoke", defer=True, permissions=Permission.MANAGE_GUILD)
def revoke_now(ctx: Ctx[Services], code: str) -> Reply:
    """Revoke an invite and note who wanted it."""
    record = _revocable(ctx, code)
    why = reason("Revoked by Usher", ctx.user_id)
    if not asking(lambda: ctx.services.desk.revoke(InviteCode(code), why)):
        raise UserError(say("{code} has ended already.", code=text.code(code)))
    note = replace(note_of(ctx, record.code), revoked_by=ctx.user_id)
    deed = noted(ctx.interaction_id, record.code, note, ctx.user_id, ctx.now)
    done = ctx.services.deeds.do(ctx.guild_id, deed)
    words = say_count(
        "{code} is revoked. It has brought {number} join, {present} still here.",
        "{code} is revoked. It has brought {number} joins, {present} still here.",
        record.joins,
        code=text.code(code),
        present=f"{record.present:,}",
    )
    return Reply(words if done else f"{words}\n{say(LATER)}", ephemeral=True)


def _revocable(ctx: Ctx[Services], code: str) -> CodeRecord:
    record = find_code(ctx, code)
    if record.vanity:
        raise UserError(say("The server's own link is changed in Server Settings, not revoked."))
    if not record.active:
        raise UserError(
            say(
                "{code} has ended already: {status}.",
                code=text.code(record.code),
                status=say(STATUSES[record.status.value]),
            )
        )
    return record
