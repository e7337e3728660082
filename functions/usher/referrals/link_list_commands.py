"""/referral list and show: managers see every link, owners their own (SPEC 5.1)."""

from typing import Annotated, Final

from usher.ids import UserId
from usher.referrals.asking import Services, any_link, find_link, is_manager
from usher.referrals.link_commands import CODE, referral
from usher.referrals.link_words import address_of, brought_by, shown
from usher.referrals.model import Brand, Link
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

PAGE_SIZE: Final = 10


@referral.command(
    "list", "Show referral links; yours if you are no manager", defer=True, ephemeral=True
)
def list_(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("Whose links; everybody's when left out")] = None,
) -> Reply:
    """Show the first page of links."""
    if user is not None and user != ctx.user_id and not is_manager(ctx):
        raise UserError(say("You need Manage Server to see the links of others."))
    return _page(ctx, 1, user or "")


@action("referral.turn", defer=True)
def turn_links(ctx: Ctx[Services], page: int, user: str) -> Reply:
    """Turn to another page."""
    return _page(ctx, page, user)


@referral.command("show", "Show a referral link", defer=True, ephemeral=True)
def show(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
) -> Reply:
    """Show a link and what it has brought."""
    link = find_link(ctx, code)
    return shown(ctx, link, ctx.services.referrals.campaign(ctx.guild_id, link.campaign_id))


def _page(ctx: Ctx[Services], page: int, user: str) -> Reply:
    whose = user if is_manager(ctx) else ctx.user_id
    every = ctx.services.referrals.links(ctx.guild_id)
    found = [one for one in every if not whose or one.owner_id == whose]
    if not found:
        return sentence(_none(ctx, whose))
    pages = -(-len(found) // PAGE_SIZE)
    page = min(max(page, 1), pages)
    lines = [_line(ctx, one) for one in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    head = say_count("**{number} link**", "**{number} links**", len(found))
    embed = Embed("\n".join((head, "", *lines)), say("Referral links"), color=Brand().color)
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(page, pages, user))


def _none(ctx: Ctx[Services], whose: str) -> str:
    if not whose:
        return say("There is no referral link yet. Make one with `/referral create`.")
    if whose == ctx.user_id:
        return say("You have no referral link here.")
    return say("{user} has no referral link here.", user=text.user(UserId(whose)))


def _line(ctx: Ctx[Services], link: Link) -> str:
    parts = [text.user(link.owner_id), *brought_by(link)]
    if not link.active:
        parts.append(say("paused"))
    title = text.escape(link.title)
    return f"**{title}** · <{address_of(ctx, link)}>\n{' · '.join(parts)}"


def _buttons(page: int, pages: int, user: str) -> tuple[Row, ...]:
    if pages == 1:
        return ()
    back = turn_links.press(page=page - 1, user=user)
    on = turn_links.press(page=page + 1, user=user)
    return (
        (
            Button(say("Previous"), back, disabled=page == 1),
            Button(say("Next"), on, disabled=page == pages),
        ),
    )
