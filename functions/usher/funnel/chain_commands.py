"""/referral chain: who came by a link, from click to conversion (SPEC 5.8)."""

from typing import Annotated, Final

from usher.funnel.chains import Chain, Place
from usher.funnel.desk import Services
from usher.funnel.model import Conversion, Trace
from usher.funnel.words import STANDINGS, money
from usher.ids import UserId
from usher.referrals.asking import any_link, find_link
from usher.referrals.link_commands import CODE, referral
from usher.referrals.model import Brand, Link
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import say
from usher.times import format_time

PAGE_SIZE: Final = 5


@referral.command(
    "chain", "Show who came by a link, from click to conversion", defer=True, ephemeral=True
)
def chain(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which link", max_length=CODE, complete=any_link)],
    user: Annotated[UserId | None, Opt("This member alone")] = None,
) -> Reply:
    """Show the newest members of a link, or one member's way: owners see their own links."""
    link = find_link(ctx, code)
    if user is None:
        return _page(ctx, link, None)
    found = ctx.services.funnel.chains.of_member(link, user)[:PAGE_SIZE]
    if not found:
        nobody = say("{user} did not come by this link, as far as is known.", user=text.user(user))
        return sentence(nobody)
    return _shown(link, found, ())


@action("referral.chain", defer=True)
def turn_chain(ctx: Ctx[Services], code: str, at: str, user: str) -> Reply:
    """Show older members, or the newest again."""
    return _page(ctx, find_link(ctx, code), (at, user) if at else None)


def _page(ctx: Ctx[Services], link: Link, before: Place | None) -> Reply:
    found = ctx.services.funnel.chains.newest(link, before, PAGE_SIZE + 1)
    if not found:
        return sentence(say("Nobody has come by this link yet."))
    shown = found[:PAGE_SIZE]
    last = shown[-1].journey if len(found) > PAGE_SIZE else None
    first = turn_chain.press(code=link.code, at="", user="")
    buttons = [Button(say("Newest"), first, disabled=before is None)]
    if last is not None:
        at = format_time(last.joined_at)
        older = turn_chain.press(code=link.code, at=at, user=last.user_id)
        buttons.append(Button(say("Older"), older))
    rows: tuple[Row, ...] = () if before is None and last is None else (tuple(buttons),)
    return _shown(link, shown, rows)


def _shown(link: Link, chains: tuple[Chain, ...], rows: tuple[Row, ...]) -> Reply:
    fields = tuple(
        Field(str(number), "\n".join(_steps(one))) for number, one in enumerate(chains, 1)
    )
    embed = Embed(text.code(link.code), link.title, fields, color=Brand().color)
    return Reply(embeds=(embed,), ephemeral=True, rows=rows)


def _steps(chain: Chain) -> list[str]:
    journey, steps = chain.journey, []
    if journey is not None:
        steps.append(text.user(journey.user_id))
    if chain.trace.clicked_at is not None:
        steps.append(
            say(
                "Clicked {when}{how}", when=text.when(chain.trace.clicked_at), how=_how(chain.trace)
            )
        )
    if chain.invite is not None:
        steps.append(say("Invite {code}", code=text.code(chain.invite)))
    if journey is None:
        return [*steps, say("Has not joined.")]
    steps.append(say("Joined {when}", when=text.when(journey.joined_at)))
    if journey.onboarded_at is not None:
        steps.append(say("Began the onboarding {when}", when=text.when(journey.onboarded_at)))
    if journey.conversion is not None:
        steps.append(_conversion(journey.conversion))
    if journey.left_at is not None:
        steps.append(say("Left {when}", when=text.when(journey.left_at)))
    return steps


def _how(trace: Trace) -> str:
    known = (trace.device.browser, trace.device.system, trace.country, trace.variant)
    said = [text.escape(one) for one in known if one]
    return f" ({', '.join(said)})" if said else ""


def _conversion(won: Conversion) -> str:
    worth = f" · {money(won.value)}" if won.value else ""
    return say(
        "Converted {when}{worth} · {standing}",
        when=text.when(won.at),
        worth=worth,
        standing=say(STANDINGS[won.standing]),
    )
