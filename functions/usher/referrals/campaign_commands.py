"""/campaign create, list, show, pause and resume (SPEC 5.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from usher.contracts.deeds import SettingChanged
from usher.ids import ChannelId
from usher.referrals.asking import (
    Services,
    any_campaign,
    find_campaign,
    one_line,
    read_color,
    read_https,
)
from usher.referrals.link_words import brought
from usher.referrals.model import Brand, Campaign, CampaignId, Counts
from usher.referrals.ports import StaleError, TakenError
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import later, say, say_count

MOST: Final = 100
"""Campaigns of a server."""
NAME: Final = 60
LINE: Final = 120
WELCOME: Final = 1_500
ADDRESS: Final = 500
LONGEST: Final = 3_650
PAGE_SIZE: Final = 10
COUNTED: Final = "guild#referrals"
"""The setting by which joins are looked at for their links."""
CHANGED_MEANWHILE: Final = later("Somebody else has changed that just now. Please try again.")

campaign = Group(
    "campaign",
    "What referral links send people in by",
    permissions=Permission.MANAGE_GUILD,
)


@campaign.command("create", "Begin a campaign", defer=True, ephemeral=True)
def create(
    ctx: Ctx[Services],
    name: Annotated[str, Opt("What it is called", max_length=NAME)],
    offer: Annotated[str | None, Opt("The headline of its page", max_length=LINE)] = None,
    welcome: Annotated[str | None, Opt("The text of its page", max_length=WELCOME)] = None,
    brand: Annotated[str | None, Opt("Whose page it is", max_length=NAME)] = None,
    color: Annotated[str | None, Opt("The brand's colour, like #5865f2", max_length=20)] = None,
    logo: Annotated[str | None, Opt("A picture's https address", max_length=ADDRESS)] = None,
    channel: Annotated[ChannelId | None, Opt("Where its invites lead; here if left out")] = None,
    days: Annotated[int | None, Opt("How long it runs, in days", min=1, max=LONGEST)] = None,
) -> Reply:
    """Write a campaign under the interaction's id: the same again finds it."""
    called = one_line(name)
    if not called:
        raise UserError(say("Please give it a name."))
    made = Campaign(
        id=CampaignId(ctx.interaction_id),
        guild_id=ctx.guild_id,
        name=called,
        created_at=ctx.now,
        updated_at=ctx.now,
        channel_id=channel or ctx.channel_id,
        offer=one_line(offer),
        brand=Brand(
            one_line(brand),
            Brand().color if color is None else read_color(color),
            "" if logo is None else read_https(logo),
        ),
        welcome=(welcome or "").strip(),
        active_to=None if days is None else ctx.now + timedelta(days=days),
        locale=ctx.locale,
    )
    others = [one for one in ctx.services.referrals.campaigns(ctx.guild_id) if one.id != made.id]
    refuse_taken(called, others)
    if len(others) >= MOST:
        raise UserError(say("A server has at most {most} campaigns.", most=MOST))
    if ctx.services.settings.find(ctx.guild_id, COUNTED) is None:
        on = SettingChanged(ctx.interaction_id, COUNTED, "on", ctx.user_id, ctx.now)
        ctx.services.deeds.do(ctx.guild_id, on)
    try:
        ctx.services.referrals.add_campaign(made)
    except TakenError:
        kept = ctx.services.referrals.campaign(ctx.guild_id, made.id)
        made = made if kept is None else kept
    return shown(ctx, made, say("The campaign is there. Make links to it: `/referral create`."))


@campaign.command("list", "Show the campaigns", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show the first page of campaigns, newest first."""
    return _page(ctx, 1)


@action("campaign.turn", defer=True, permissions=Permission.MANAGE_GUILD)
def turn_campaigns(ctx: Ctx[Services], page: int) -> Reply:
    """Turn to another page."""
    return _page(ctx, page)


@campaign.command("show", "Show a campaign", defer=True, ephemeral=True)
def show(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which one", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Show what is set of a campaign, and what its links have brought."""
    return shown(ctx, find_campaign(ctx, campaign))


@campaign.command("pause", "Let a campaign's links rest", defer=True, ephemeral=True)
def pause(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which one", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Pause a campaign."""
    return _set(ctx, find_campaign(ctx, campaign), paused=True)


@campaign.command("resume", "Let a campaign's links lead in again", defer=True, ephemeral=True)
def resume(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which one", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Resume a campaign."""
    return _set(ctx, find_campaign(ctx, campaign), paused=False)


def refuse_taken(name: str, others: Iterable[Campaign]) -> None:
    """Refuse a name that another campaign has; raises UserError."""
    if any(one.name.casefold() == name.casefold() for one in others):
        raise UserError(say("There is a campaign {name} already.", name=text.code(name)))


def change(ctx: Ctx[Services], changed: Campaign) -> None:
    """Write a campaign as its next version; raises UserError where somebody else was faster."""
    following = replace(changed, updated_at=ctx.now, version=changed.version + 1)
    try:
        ctx.services.referrals.change_campaign(following)
    except StaleError:
        raise UserError(say(CHANGED_MEANWHILE)) from None


def _set(ctx: Ctx[Services], found: Campaign, *, paused: bool) -> Reply:
    if found.paused != paused:
        change(ctx, replace(found, paused=paused))
    name = text.escape(found.name)
    if paused:
        return sentence(say("{name} rests: its links lead nowhere until you resume it.", name=name))
    return sentence(say("{name} goes on: its links lead in again.", name=name))


def status_of(ctx: Ctx[Services], one: Campaign) -> str:
    """Say how a campaign stands."""
    if one.active_to is not None and ctx.now >= one.active_to:
        return say("over")
    if one.paused:
        return say("paused")
    if one.active_to is not None:
        return say("ends {when}", when=text.when(one.active_to))
    return say("running")


def _page(ctx: Ctx[Services], page: int) -> Reply:
    found = ctx.services.referrals.campaigns(ctx.guild_id)[::-1]
    if not found:
        return sentence(say("There is no campaign yet. Begin one with `/campaign create`."))
    pages = -(-len(found) // PAGE_SIZE)
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    lines = [f"**{text.escape(one.name)}** · {status_of(ctx, one)}" for one in shown]
    head = say_count("**{number} campaign**", "**{number} campaigns**", len(found))
    embed = Embed("\n".join((head, "", *lines)), say("Campaigns"), color=Brand().color)
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(page, pages))


def _buttons(page: int, pages: int) -> tuple[Row, ...]:
    if pages == 1:
        return ()
    back, on = turn_campaigns.press(page=page - 1), turn_campaigns.press(page=page + 1)
    return (
        (
            Button(say("Previous"), back, disabled=page == 1),
            Button(say("Next"), on, disabled=page == pages),
        ),
    )


def _onboarding(one: Campaign) -> str:
    """Say what newcomers are asked and get, where anything of it is set."""
    if not (one.questions or one.role_ids or one.value):
        return ""
    said = [say_count("{number} question", "{number} questions", len(one.questions))]
    said += [text.role(role) for role in one.role_ids]
    if one.value:
        said.append(say("worth {value}", value=f"{one.value:,}"))
    return " · ".join(said)


def shown(ctx: Ctx[Services], one: Campaign, words: str = "") -> Reply:
    """Show a campaign, and what its links have brought."""
    links = [
        link for link in ctx.services.referrals.links(ctx.guild_id) if link.campaign_id == one.id
    ]
    said: Mapping[str, str] = {
        say("Headline"): text.escape(one.offer),
        say("Brand"): text.escape(one.brand.name),
        say("Text"): text.escape(one.welcome),
        say("Channel"): text.channel(one.channel_id) if one.channel_id else "",
        say("Logo"): f"<{one.brand.logo_url}>" if one.brand.logo_url else "",
        say("Onboarding"): _onboarding(one),
    }
    counts = [
        status_of(ctx, one),
        say_count("{number} link", "{number} links", len(links)),
        *brought(sum((link.counts for link in links), Counts())),
    ]
    embed = Embed(
        " · ".join(counts),
        one.name,
        tuple(Field(name, value) for name, value in said.items() if value),
        color=one.brand.color,
    )
    return Reply(words, embeds=(embed,), ephemeral=True)
