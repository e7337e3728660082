"""/referral mode: how a link's visitors come in, and so how sure it is who came (SPEC 5.5)."""

from dataclasses import replace
from typing import Annotated

from usher.referrals.asking import Services, any_link, find_link
from usher.referrals.link_commands import (
    CODE,
    HOW,
    campaign_of,
    change,
    check_mode,
    invited,
    referral,
)
from usher.referrals.link_words import shown
from usher.referrals.model import Mode
from usher.referrals.ways import EXACT
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.say import say


@referral.command(
    "mode",
    "Choose how a link's visitors come in",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def mode_(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
    mode: Annotated[Mode, Opt(HOW)],
) -> Reply:
    """Change a link's mode, and make its shared invite where it may be needed now."""
    link = find_link(ctx, code)
    offer = campaign_of(ctx, link)
    if offer is None:
        raise UserError(say("The campaign of this link is gone."))
    check_mode(ctx, mode, offer)
    if link.mode is not mode:
        link = replace(link, mode=mode, updated_at=ctx.now, version=link.version + 1)
        change(ctx, link)
    link, trouble = invited(ctx, link, offer)
    words = trouble or say("From now on visitors come in that way.")
    if mode in EXACT and link.invite is not None:
        left = say(
            "Its shared invite {code} still works for whoever has it; `/invite revoke` ends it.",
            code=text.code(link.invite),
        )
        words = f"{words} {left}"
    return shown(ctx, link, offer, words)
