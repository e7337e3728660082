"""/referral create, pause and resume (SPEC 5.1)."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from usher.ids import InviteCode, UserId
from usher.invites.codes import noted, reason
from usher.invites.notes import CodeNote
from usher.invites.ports import DeskError, Wish
from usher.referrals.asking import (
    Services,
    any_campaign,
    any_link,
    find_campaign,
    find_link,
    one_line,
    unguessable,
)
from usher.referrals.campaign_commands import CHANGED_MEANWHILE, LONGEST, NAME
from usher.referrals.link_words import shown
from usher.referrals.model import Campaign, Link, LinkCode, Mode
from usher.referrals.ports import StaleError, TakenError
from usher.referrals.rules import is_code
from usher.referrals.telling import add_link
from usher.referrals.ways import EXACT
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.say import later, say

MOST: Final = 1_000
"""Links of a server."""
CODE: Final = 100
"""Characters of what is typed for a code; a whole address may be pasted."""
DESCRIPTION: Final = 300
PLATFORM: Final = 40
HOW: Final = later("How visitors come in, and so how sure it is who came")

referral = Group("referral", "Links that tell by whom somebody came")


@referral.command(
    "create",
    "Make a referral link",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def create(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("To which campaign", max_length=NAME, complete=any_campaign)],
    title: Annotated[str | None, Opt("What it is called", max_length=NAME)] = None,
    user: Annotated[UserId | None, Opt("Whose link it is; yours when left out")] = None,
    code: Annotated[str | None, Opt("A code of your own choice", max_length=32)] = None,
    platform: Annotated[str | None, Opt("Where it is posted", max_length=PLATFORM)] = None,
    description: Annotated[
        str | None, Opt("Text of its page, if not the campaign's", max_length=DESCRIPTION)
    ] = None,
    days: Annotated[int | None, Opt("How long it works, in days", min=1, max=LONGEST)] = None,
    mode: Annotated[Mode, Opt(HOW)] = Mode.MANAGED,
) -> Reply:
    """Write a link, and make the invite that everybody shares where no other can be had."""
    whose, offer = user or ctx.user_id, find_campaign(ctx, campaign)
    check_mode(ctx, mode, offer)
    resolved = ctx.users.get(whose)
    if resolved is not None and resolved.bot:
        raise UserError(say("Bots bring nobody: name a member, or leave `user` out."))
    made = Link(
        code=unguessable(ctx) if code is None else _chosen(code),
        guild_id=ctx.guild_id,
        campaign_id=offer.id,
        owner_id=whose,
        title=one_line(title) or offer.name,
        created_at=ctx.now,
        updated_at=ctx.now,
        description=(description or "").strip(),
        platform=one_line(platform),
        expires_at=None if days is None else ctx.now + timedelta(days=days),
        mode=mode,
        made_by=ctx.interaction_id,
    )
    link = _kept(ctx, made)
    link, trouble = invited(ctx, link, offer)
    return shown(ctx, link, offer, trouble or say("The link is there."))


@referral.command(
    "pause",
    "Let a link rest",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def pause(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
) -> Reply:
    """Pause a link."""
    link = _set(ctx, find_link(ctx, code), active=False)
    return shown(ctx, link, campaign_of(ctx, link), say("The link rests until you resume it."))


@referral.command(
    "resume",
    "Let a link lead in again",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def resume(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
) -> Reply:
    """Resume a link, and make its shared invite where it has none."""
    link = _set(ctx, find_link(ctx, code), active=True)
    offer = campaign_of(ctx, link)
    trouble = ""
    if offer is not None:
        link, trouble = invited(ctx, link, offer)
    return shown(ctx, link, offer, trouble or say("The link leads in."))


def invited(ctx: Ctx[Services], link: Link, offer: Campaign) -> tuple[Link, str]:
    """Give a link its shared invite where it has none; say what is in the way, if anything."""
    if link.mode in EXACT:
        return link, ""
    if link.invite is not None:
        if link.made_by == ctx.interaction_id:  # told again: perhaps nobody heard of it
            _note(ctx, link, offer, link.invite)
        return link, ""
    where = offer.channel_id or ctx.channel_id
    if where is None:
        return link, say("It has no invite: its campaign names no channel.")
    wish = Wish(where, 0, 0, temporary=False, unique=True)
    try:
        code = ctx.services.desk.create(wish, reason(f"Referral link {link.code}", ctx.user_id))
    except DeskError as error:
        told = say("The link is there, but its shared invite is missing.")
        again = say("Make it with `/referral resume`.")
        return link, f"{told} {error.sentence} {again}"
    held = replace(link, invite=code, updated_at=ctx.now, version=link.version + 1)
    change(ctx, held)
    _note(ctx, held, offer, code)
    return held, ""


def check_mode(ctx: Ctx[Services], mode: Mode, offer: Campaign) -> None:
    """Say what a mode lacks; raises UserError."""
    if mode not in EXACT:
        return
    if not ctx.services.sign_in:
        raise UserError(
            say(
                "Nobody can sign in yet: whoever runs Usher must store the application's client "
                "secret first."
            )
        )
    if mode is Mode.TARGETED and offer.channel_id is None:
        raise UserError(say("The campaign names no channel to invite to."))


def _chosen(written: str) -> LinkCode:
    code = written.strip()
    if not is_code(code):
        raise UserError(
            say(
                "A code has 3 to 32 letters, digits, - or _, and a letter or digit at both ends. "
                "{code} has not.",
                code=text.code(written),
            )
        )
    return LinkCode(code)


def _kept(ctx: Ctx[Services], made: Link) -> Link:
    """Write a new link, or find what this interaction wrote before; raises UserError."""
    table = ctx.services.referrals
    before = table.link(made.code)
    if before is None:
        if len(table.links(ctx.guild_id)) >= MOST:
            raise UserError(say("A server has at most {most} links.", most=f"{MOST:,}"))
        try:
            add_link(table, ctx.services.hooks, made)
        except TakenError:
            before = table.link(made.code)
        else:
            return made
    if before is not None and before.made_by == made.made_by:
        return before
    raise UserError(
        say("The code {code} is taken. Choose another, or none.", code=text.code(made.code))
    )


def _note(ctx: Ctx[Services], link: Link, offer: Campaign, code: InviteCode) -> None:
    """Say in the ledger and on the code's record which link, campaign and owner it is of."""
    note = CodeNote(
        label=link.title,
        source=link.platform or None,
        campaign=offer.name,
        made_for=link.owner_id,
        link=link.code,
    )
    deed = noted(ctx.interaction_id, code, note, ctx.user_id, ctx.now)
    ctx.services.deeds.do(ctx.guild_id, deed)


def _set(ctx: Ctx[Services], link: Link, *, active: bool) -> Link:
    if link.active == active:
        return link
    changed = replace(link, active=active, updated_at=ctx.now, version=link.version + 1)
    change(ctx, changed)
    return changed


def change(ctx: Ctx[Services], changed: Link) -> None:
    """Write a changed link; raises UserError where others were quicker."""
    try:
        ctx.services.referrals.change_link(changed)
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None


def campaign_of(ctx: Ctx[Services], link: Link) -> Campaign | None:
    """Read a link's campaign."""
    return ctx.services.referrals.campaign(ctx.guild_id, link.campaign_id)
