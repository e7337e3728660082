"""/referral held: conversions that wait for a reviewer (SPEC 5.11)."""

from typing import Final

from usher.frozen import frozen
from usher.funnel.desk import Services
from usher.funnel.model import Conversion, Journey, Standing, journey_id, read_journey_id
from usher.funnel.ports import Review
from usher.funnel.words import evidence, money
from usher.referrals.link_commands import referral
from usher.referrals.model import Brand
from usher.referrals.ports import StaleError
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import say
from usher.times import format_time

PAGE_SIZE: Final = 4
"""A row of buttons each; the fifth row turns the page."""


@frozen
class _After:
    """Where a page begins: behind the conversion of this time and name."""

    at: str = ""
    name: str = ""


@referral.command(
    "held",
    "Review conversions that look suspicious",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def held(ctx: Ctx[Services]) -> Reply:
    """Show who has waited longest."""
    return _page(ctx, _After())


@action("referral.held", defer=True, permissions=Permission.MANAGE_GUILD)
def turn_held(ctx: Ctx[Services], at: str, name: str) -> Reply:
    """Show those who wait behind a conversion, or the first again."""
    return _page(ctx, _After(at, name))


@action("referral.review", defer=True, permissions=Permission.MANAGE_GUILD)
def review_held(ctx: Ctx[Services], which: str, approve: bool, at: str, name: str) -> Reply:
    """Let a conversion count, or never, and show the page again."""
    meant = read_journey_id(which)
    if meant is None:
        raise UserError(say("There is no such conversion any more."))
    if meant[0] == ctx.user_id:
        raise UserError(say("Your own conversion is for somebody else to review."))
    word = Review(ctx.guild_id, *meant, ctx.user_id, ctx.now, approve)
    try:
        found = ctx.services.funnel.reviews.review(word)
    except StaleError:
        raise UserError(say("Others were at it just now. Please try again.")) from None
    if found is None or found.conversion is None:
        raise UserError(say("There is no such conversion any more."))
    return _page(ctx, _After(at, name), _decided(found, found.conversion, approve=approve))


def _decided(journey: Journey, won: Conversion, *, approve: bool) -> str:
    user = text.user(journey.user_id)
    wanted = Standing.APPROVED if approve else Standing.REJECTED
    if won.standing is not wanted:
        by = text.user(won.reviewed_by) if won.reviewed_by else say("somebody")
        if won.standing is Standing.APPROVED:
            return say("{by} has approved the conversion of {user} already.", by=by, user=user)
        if won.standing is Standing.REJECTED:
            return say("{by} has rejected the conversion of {user} already.", by=by, user=user)
        return say(
            "The conversion of {user} counts: nothing speaks against it any more.", user=user
        )
    if approve:
        return say("The conversion of {user} counts.", user=user)
    return say("The conversion of {user} never counts.", user=user)


def _page(ctx: Ctx[Services], after: _After, words: str = "") -> Reply:
    place = (after.at, after.name) if after.at else None
    found = ctx.services.funnel.held.held(ctx.guild_id, place, PAGE_SIZE + 1)
    shown = [(one, one.conversion) for one in found[:PAGE_SIZE] if one.conversion is not None]
    if not shown:
        if place is not None:
            return _page(ctx, _After(), words)
        nothing = say("No conversion waits for a review.")
        return sentence(f"{words}\n{nothing}" if words else nothing)
    fields = [
        Field(str(number), "\n".join(_lines(journey, won)))
        for number, (journey, won) in enumerate(shown, 1)
    ]
    rows = [_buttons(number, one, after) for number, (one, _) in enumerate(shown, 1)]
    more = len(found) > PAGE_SIZE
    if more or place is not None:
        last, won = shown[-1]
        on = turn_held.press(at=format_time(won.at), name=journey_id(last))
        rows.append(
            (
                Button(say("First"), turn_held.press(at="", name=""), disabled=place is None),
                Button(say("Next"), on, disabled=not more),
            )
        )
    note = say("They count for nothing until they are approved. The first word stays.")
    embed = Embed(note, say("Held conversions"), tuple(fields), color=Brand().color)
    return Reply(words, embeds=(embed,), ephemeral=True, rows=tuple(rows))


def _lines(journey: Journey, won: Conversion) -> list[str]:
    worth = f" · {money(won.value)}" if won.value else ""
    link = "" if journey.place is None else f" · {text.code(journey.place.link)}"
    head = f"{text.user(journey.user_id)}{link}{worth} · {text.when(won.at)}"
    before = [f"- {say('It had counted before.')}"] if won.turns else []
    return [head, *(f"- {evidence(one)}" for one in won.signals), *before]


def _buttons(number: int, journey: Journey, after: _After) -> Row:
    def press(label: str, style: Style, *, approve: bool) -> Button:
        which = journey_id(journey)
        pressed = review_held.press(which=which, approve=approve, at=after.at, name=after.name)
        return Button(label, pressed, style)

    return (
        press(say("Approve {number}", number=str(number)), Style.SUCCESS, approve=True),
        press(say("Reject {number}", number=str(number)), Style.DANGER, approve=False),
    )
