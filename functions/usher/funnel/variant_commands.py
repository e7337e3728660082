"""/campaign variant: several looks of a campaign's page, and which of them works (SPEC 5.11)."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Annotated, Final

from usher.funnel.desk import Services
from usher.funnel.measure import by, chosen, compare
from usher.funnel.numbers import TooMuchError, of_campaigns
from usher.funnel.words import between, brief, finding
from usher.referrals.asking import any_campaign, find_campaign, one_line
from usher.referrals.campaign_commands import NAME, WELCOME, campaign, change
from usher.referrals.model import Campaign, Counts, Variant
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import say

MOST: Final = 8
"""Variants of a campaign."""
HEADLINE: Final = 60
HEAVIEST: Final = 1_000
DAYS: Final = 90
"""Of which results are shown."""
_NAME: Final = re.compile(r"[a-z0-9_-]{1,32}")

variant = campaign.group("variant", "Several looks of a campaign's page, and which one works")


@variant.command("add", "Give a campaign's page another look", defer=True, ephemeral=True)
def add(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which campaign", max_length=NAME, complete=any_campaign)],
    name: Annotated[str, Opt("A short name, like bold", max_length=32)],
    headline: Annotated[str, Opt("The headline of the page", max_length=HEADLINE)],
    body: Annotated[str, Opt("The text of the page", max_length=WELCOME)],
    weight: Annotated[int, Opt("How many visitors see it, against others", max=HEAVIEST)] = 1,
) -> Reply:
    """Add a variant; asked again by the same interaction it is there already."""
    found = find_campaign(ctx, campaign)
    made = Variant(_name(name), _headline(headline), body.strip(), _weight(weight))
    if made in found.variants:
        return _shown(ctx, found, say("This look is there."))
    if any(one.name == made.name for one in found.variants):
        taken = say(
            "There is a look {name} already. Change it with `/campaign variant edit`.",
            name=text.code(made.name),
        )
        raise UserError(taken)
    if len(found.variants) >= MOST:
        raise UserError(say("A page has at most {most} looks.", most=str(MOST)))
    after = _changed(ctx, found, (*found.variants, made))
    words = say("From now on visitors may see this look. Who has seen another keeps it.")
    if len(after.variants) == 1:
        words = say("Every new visitor sees this look. Add another one to compare them.")
    return _shown(ctx, after, words)


@variant.command("edit", "Change a look; what you leave out stays", defer=True, ephemeral=True)
def edit(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which campaign", max_length=NAME, complete=any_campaign)],
    name: Annotated[str, Opt("Which look", max_length=32)],
    headline: Annotated[str | None, Opt("The headline of the page", max_length=HEADLINE)] = None,
    body: Annotated[str | None, Opt("The text of the page", max_length=WELCOME)] = None,
    weight: Annotated[
        int | None, Opt("Against others; 0 for no new visitors", max=HEAVIEST)
    ] = None,
) -> Reply:
    """Change a variant under its name: its results stay with it."""
    found = find_campaign(ctx, campaign)
    before = _find(found, name)
    after = replace(
        before,
        headline=before.headline if headline is None else _headline(headline),
        body=before.body if body is None else body.strip(),
        weight=before.weight if weight is None else _weight(weight),
    )
    if after == before:
        return _shown(ctx, found, say("Nothing of it was changed."))
    variants = tuple(after if one is before else one for one in found.variants)
    return _shown(ctx, _changed(ctx, found, variants), say("Changed. Visitors see that at once."))


@variant.command("remove", "Take a look away; its results stay", defer=True, ephemeral=True)
def remove(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which campaign", max_length=NAME, complete=any_campaign)],
    name: Annotated[str, Opt("Which look", max_length=32)],
) -> Reply:
    """Take a variant away: who has seen it sees another one next time."""
    found = find_campaign(ctx, campaign)
    gone = _find(found, name)
    after = _changed(ctx, found, tuple(one for one in found.variants if one is not gone))
    return _shown(ctx, after, say("{name} is shown no more.", name=text.code(gone.name)))


@variant.command("list", "Show a page's looks and their results", defer=True, ephemeral=True)
def list_(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Which campaign", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Show what each variant has brought, and whether the difference is more than chance."""
    return _shown(ctx, find_campaign(ctx, campaign))


def _changed(ctx: Ctx[Services], found: Campaign, variants: tuple[Variant, ...]) -> Campaign:
    after = replace(found, variants=variants)
    change(ctx, after)
    return after


def _find(found: Campaign, written: str) -> Variant:
    wanted = written.strip().lower()
    for one in found.variants:
        if one.name == wanted:
            return one
    names = ", ".join(text.code(one.name) for one in found.variants) or say("none")
    raise UserError(
        say("There is no look {name}. There are: {names}.", name=text.code(wanted), names=names)
    )


def _name(written: str) -> str:
    name = written.strip().lower()
    if not _NAME.fullmatch(name):
        raise UserError(
            say(
                "A look's name has letters from a to z, digits, - and _. {name} has not.",
                name=text.code(written),
            )
        )
    return name


def _headline(written: str) -> str:
    headline = one_line(written)
    if not headline:
        raise UserError(say("Please give it a headline."))
    return headline


def _weight(weight: int) -> int:
    if weight < 0:
        raise UserError(say("A weight is 0 or more."))
    return weight


def _shown(ctx: Ctx[Services], found: Campaign, words: str = "") -> Reply:
    if not found.variants:
        nothing = say(
            "The page of {name} has one look: what the campaign says.", name=text.escape(found.name)
        )
        more = say("Add others with `/campaign variant add`.")
        return Reply(" ".join(part for part in (words, nothing, more) if part), ephemeral=True)
    last = ctx.now.astimezone(UTC).date()
    partitions = of_campaigns(ctx.guild_id, [found.id])
    try:
        cells = ctx.services.funnel.numbers.cells(partitions, last - timedelta(days=DAYS), last)
    except TooMuchError:
        raise UserError(say("There is too much to show the results here.")) from None
    counted = by(cells, lambda cell: cell.variant)
    results = {one.name: counted.get(one.name, Counts()) for one in found.variants}
    rates = chosen(results)
    whole = sum(one.weight for one in found.variants)
    fields = [
        Field(
            f"{one.name} · {_part(one.weight, whole)}",
            f"{text.escape(one.headline)}\n{brief(results[one.name])}\n{between(rates[one.name])}",
        )
        for one in found.variants
    ]
    what = say("conversions of clicks")
    if not any(one.conversions for one in results.values()):
        what = say("joins of clicks")
    note = say("Results of {days} days; compared by {what}.", days=str(DAYS), what=what)
    embed = Embed(finding(compare(rates)), found.name, tuple(fields), note, color=found.brand.color)
    return Reply(words, embeds=(embed,), ephemeral=True)


def _part(weight: int, whole: int) -> str:
    if not weight:
        return say("no new visitors")
    return say("{part} percent of new visitors", part=str(round(100 * weight / whole)))
