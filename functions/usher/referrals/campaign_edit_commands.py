"""/campaign edit: what a campaign's page says from now on (SPEC 5.1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from usher.ids import ChannelId
from usher.referrals.asking import (
    Services,
    any_campaign,
    find_campaign,
    one_line,
    read_color,
    read_https,
)
from usher.referrals.campaign_commands import (
    ADDRESS,
    LINE,
    LONGEST,
    NAME,
    WELCOME,
    campaign,
    change,
    refuse_taken,
    shown,
)
from usher.referrals.model import Brand, Campaign
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Reply
from usher.slash.say import say

CLEAR: Final = "-"
"""Typed for what is to be said no more."""


@campaign.command("edit", "Change what a campaign's page says", defer=True, ephemeral=True)
def edit(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which one", max_length=NAME, complete=any_campaign)],
    name: Annotated[str | None, Opt("What it is called", max_length=NAME)] = None,
    offer: Annotated[str | None, Opt("The headline; - for none", max_length=LINE)] = None,
    welcome: Annotated[str | None, Opt("The text; - for none", max_length=WELCOME)] = None,
    brand: Annotated[str | None, Opt("Whose page; - for the server's", max_length=NAME)] = None,
    color: Annotated[str | None, Opt("The colour; - for the usual", max_length=20)] = None,
    logo: Annotated[str | None, Opt("An https address; - for none", max_length=ADDRESS)] = None,
    channel: Annotated[ChannelId | None, Opt("Where new invites lead")] = None,
    days: Annotated[int | None, Opt("Ends in days; 0 for never", min=0, max=LONGEST)] = None,
) -> Reply:
    """Change the parts that are named, and show the campaign."""
    before = find_campaign(ctx, campaign)
    after = replace(
        before,
        name=before.name if name is None else _name(ctx, name, before),
        offer=_said(offer, before.offer),
        welcome=before.welcome if welcome is None else _text(welcome),
        brand=_brand(before.brand, brand, color, logo),
        channel_id=channel or before.channel_id,
        active_to=before.active_to if days is None else None,
    )
    if days:
        after = replace(after, active_to=ctx.now + timedelta(days=days))
    if after == before:
        return shown(ctx, before, say("Nothing of it was changed."))
    change(ctx, after)
    return shown(ctx, after, say("Changed. Its links show that at once."))


def _name(ctx: Ctx[Services], written: str, before: Campaign) -> str:
    name = one_line(written)
    if not name:
        raise UserError(say("Please give it a name."))
    every = ctx.services.referrals.campaigns(ctx.guild_id)
    refuse_taken(name, [one for one in every if one.id != before.id])
    return name


def _brand(before: Brand, name: str | None, color: str | None, logo: str | None) -> Brand:
    standard = Brand()
    return Brand(
        _said(name, before.name),
        before.color if color is None else _or(color, standard.color, read_color),
        before.logo_url if logo is None else _or(logo, standard.logo_url, read_https),
    )


def _said(typed: str | None, before: str) -> str:
    if typed is None:
        return before
    return "" if typed.strip() == CLEAR else one_line(typed)


def _text(typed: str) -> str:
    return "" if typed.strip() == CLEAR else typed.strip()


def _or[T](typed: str, standard: T, read: Callable[[str], T]) -> T:
    return standard if typed.strip() == CLEAR else read(typed)
