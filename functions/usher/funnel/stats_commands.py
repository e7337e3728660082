"""/referral stats and /campaign stats: the funnel of a link or a campaign, with a chart."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from usher.analytics.words import share
from usher.funnel.cohorts import cohorts
from usher.funnel.desk import Picture, Services
from usher.funnel.measure import Cell, Rate, by, chosen, compare, ordered, total
from usher.funnel.numbers import TooMuchError, of_campaigns, of_link
from usher.funnel.words import between, brief, finding, money, way
from usher.referrals.asking import any_campaign, any_link, find_campaign, find_link
from usher.referrals.campaign_commands import NAME, campaign
from usher.referrals.link_commands import CODE, referral
from usher.referrals.model import Brand, Counts
from usher.slash import text
from usher.slash.actions import Action, action
from usher.slash.buttons import Button, Row, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, File, Reply
from usher.slash.say import later, say, say_count

CHART: Final = "funnel.png"
TOP: Final = 5
STAYED_DAYS: Final = 7


class Days(StrEnum):
    """How far back is looked."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"


_TITLES: Final = {
    Days.WEEK: later("The last 7 days"),
    Days.MONTH: later("The last 30 days"),
    Days.QUARTER: later("The last 90 days"),
}
_BUTTONS: Final = {
    Days.WEEK: later("7 days"),
    Days.MONTH: later("30 days"),
    Days.QUARTER: later("90 days"),
}


@referral.command(
    "stats", "Show what a link has brought, step by step, with a chart", defer=True, ephemeral=True
)
def link_stats(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
    period: Annotated[Days, Opt("How far back; 30 days when left out")] = Days.MONTH,
) -> Reply:
    """Show a link's funnel: managers see every link's, owners their own."""
    return _link(ctx, code, period)


@action("referral.stats", defer=True)
def switch_link(ctx: Ctx[Services], code: str, period: str) -> Reply:
    """Show another time of a link."""
    return _link(ctx, code, Days(period))


@campaign.command(
    "stats", "Show what a campaign has brought, by link and platform", defer=True, ephemeral=True
)
def campaign_stats(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which one", max_length=NAME, complete=any_campaign)],
    period: Annotated[Days, Opt("How far back; 30 days when left out")] = Days.MONTH,
) -> Reply:
    """Show a campaign's funnel, and how its links, platforms and variants share in it."""
    return _campaign(ctx, campaign, period)


@action("campaign.stats", defer=True, permissions=Permission.MANAGE_GUILD)
def switch_campaign(ctx: Ctx[Services], campaign: str, period: str) -> Reply:
    """Show another time of a campaign."""
    return _campaign(ctx, campaign, Days(period))


def _link(ctx: Ctx[Services], code: str, period: Days) -> Reply:
    link = find_link(ctx, code)
    cells = _cells(ctx, of_link(link.code), period)
    fields = _common(ctx, cells, link.counts.held)
    fields += _variants(cells)
    buttons = _row(period, switch_link, code=link.code)
    return _reply(ctx, link.title, cells, period, fields, buttons)


def _campaign(ctx: Ctx[Services], written: str, period: Days) -> Reply:
    found = find_campaign(ctx, written)
    every = ctx.services.referrals.links(ctx.guild_id)
    links = {one.code: one for one in every if one.campaign_id == found.id}
    cells = _cells(ctx, of_campaigns(ctx.guild_id, [found.id]), period)
    fields = _common(ctx, cells, sum(one.counts.held for one in links.values()))

    def named(cell: Cell) -> str:
        link = links.get(cell.link)
        return text.code(cell.link) if link is None else text.escape(link.title)

    def platform(cell: Cell) -> str:
        link = links.get(cell.link)
        return text.escape(link.platform) if link and link.platform else say("no platform named")

    fields += _tops(say("Links"), cells, named)
    if len({one.platform for one in links.values()}) > 1:
        fields += _tops(say("Platforms"), cells, platform)
    fields += _variants(cells)
    buttons = _row(period, switch_campaign, campaign=found.id)
    return _reply(ctx, found.name, cells, period, fields, buttons)


def _cells(ctx: Ctx[Services], partitions: tuple[str, ...], period: Days) -> tuple[Cell, ...]:
    first, last = _span(ctx, period)
    try:
        return ctx.services.funnel.numbers.cells(partitions, first, last)
    except TooMuchError:
        raise UserError(say("That is too much for one answer. Ask for fewer days.")) from None


def _span(ctx: Ctx[Services], period: Days) -> tuple[date, date]:
    last = ctx.now.astimezone(UTC).date()
    return last - timedelta(days=int(period) - 1), last


def _reply(
    ctx: Ctx[Services],
    title: str,
    cells: tuple[Cell, ...],
    period: Days,
    fields: Iterable[Field],
    buttons: Row,
) -> Reply:
    whole, counted = total(cells), by(cells, lambda cell: cell.day)
    first, last = _span(ctx, period)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    picture = Picture(whole, tuple((day, counted.get(day, Counts())) for day in days))
    embed = Embed(
        way(whole) if cells else say("Nothing happened in this time."),
        f"{title} · {say(_TITLES[period])}",
        tuple(fields),
        say("Days are UTC. Each step counts on its own day; bots and repeats are left out."),
        Brand().color,
        image=CHART,
    )
    chart = ctx.services.funnel.charts.funnel(picture)
    alt = f"{title}: {brief(whole)}"
    return Reply(
        embeds=(embed,),
        files=(File(CHART, chart, "image/png", alt),),
        rows=(buttons,),
        ephemeral=True,
    )


def _common(ctx: Ctx[Services], cells: tuple[Cell, ...], held: int) -> list[Field]:
    whole, fields = total(cells), []
    if whole.conversions:
        overall = Rate(whole.conversions, whole.clicks)
        fields.append(Field(say("Of all clicks converted"), between(overall), True))
    if whole.value:
        fields.append(Field(say("Value"), money(whole.value), True))
    weeks = cohorts(cells, ctx.now)
    stayed = [one.stayed[STAYED_DAYS] for one in weeks]
    of = sum(one.of for one in stayed)
    if of:
        rate = Rate(sum(one.won for one in stayed), of)
        said = say_count(
            "{share} of {number} member", "{share} of {number} members", of, share=share(rate.share)
        )
        fields.append(Field(say("Stayed a week"), said, True))
    if held:
        fields.append(Field(say("Held for review"), f"{held:,} · `/referral held`", True))
    return fields


def _tops(heading: str, cells: tuple[Cell, ...], key: Callable[[Cell], str]) -> list[Field]:
    groups = ordered(by(cells, key))[:TOP]
    lines = [f"**{name}** · {brief(counts)}" for name, counts in groups]
    return [Field(heading, "\n".join(lines))] if lines else []


def _variants(cells: tuple[Cell, ...]) -> list[Field]:
    groups = by((one for one in cells if one.variant), lambda cell: cell.variant)
    if not groups:
        return []
    rates = chosen(groups)
    lines = [
        f"{text.code(name)} · {brief(groups[name])} · {between(rates[name])}"
        for name, _ in ordered(groups)
    ]
    return [Field(say("Variants"), "\n".join((*lines, finding(compare(rates)))))]


def _row(period: Days, switch: Action, **arguments: str) -> Row:
    return tuple(
        Button(
            say(name),
            switch.press(period=one.value, **arguments),
            Style.PRIMARY if one is period else Style.SECONDARY,
            disabled=one is period,
        )
        for one, name in _BUTTONS.items()
    )
