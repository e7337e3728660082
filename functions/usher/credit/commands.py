"""/invite view and /invite leaderboard (SPEC 3.1)."""

from collections.abc import Sequence
from typing import Annotated, Final, Protocol

from usher.credit.places import Surety
from usher.credit.queries import CreditReads, Period, Standing
from usher.ids import UserId
from usher.invites.group import BLURPLE, invite
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import later, say, say_count

PAGE_SIZE: Final = 10
PAGES_LIMIT: Final = 100

_TITLES: Final = {
    Period.DAY: later("Invite leaderboard today"),
    Period.WEEK: later("Invite leaderboard this week"),
    Period.ALL: later("Invite leaderboard of all time"),
}
_NO_PAGE: Final = {
    Period.DAY: later("The leaderboard today has no page {page}."),
    Period.WEEK: later("The leaderboard this week has no page {page}."),
    Period.ALL: later("The leaderboard of all time has no page {page}."),
}
_NOBODY: Final = {
    Period.DAY: later("Nobody has an invite today yet."),
    Period.WEEK: later("Nobody has an invite this week yet."),
    Period.ALL: later("Nobody has an invite of all time yet."),
}


class Services(Protocol):
    """What these commands call."""

    @property
    def credit(self) -> CreditReads:
        """Counters and boards."""
        ...


@invite.command("view", "Show how many members somebody brought")
def view(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("Whose invites; yours when left out")] = None,
) -> Reply:
    """Show the five counters of a member."""
    subject = user or ctx.user_id
    tally = ctx.services.credit.tally(ctx.guild_id, subject)
    off = _off(ctx)
    if not any((tally.tracked, tally.added, tally.fake, tally.left)):
        none = say("{user} has no invites yet.", user=text.user(subject))
        return Reply(embeds=(Embed(f"{none}{off}", color=BLURPLE),))
    total = say_count(
        "{user} has **{number} invite**.",
        "{user} has **{number} invites**.",
        tally.effective,
        user=text.user(subject),
    )
    fields = (
        Field(say("Tracked"), f"{tally.tracked:,}", inline=True),
        Field(say("Added"), f"{tally.added:,}", inline=True),
        Field(say("Fake"), f"{tally.fake:,}", inline=True),
        Field(say("Left"), f"{tally.left:,}", inline=True),
        Field(say("Effective"), f"**{tally.effective:,}**", inline=True),
    )
    return Reply(
        embeds=(
            Embed(
                f"{total}{off}",
                say("Invites"),
                fields,
                say("Effective = (tracked + added) − (fake + left)"),
                BLURPLE,
            ),
        )
    )


@invite.command("leaderboard", "Show who brought the most members")
def leaderboard(
    ctx: Ctx[Services],
    period: Annotated[Period, Opt("Joins of which time; all time when left out")] = Period.ALL,
    page: Annotated[int, Opt("Which page; the first when left out", min=1, max=PAGES_LIMIT)] = 1,
) -> Reply:
    """Show one page of the board of a period."""
    return _page(ctx, period, page)


@action("invite.leaderboard")
def turn(ctx: Ctx[Services], period: str, page: int) -> Reply:
    """Turn to another page."""
    return _page(ctx, Period(period), page)


def _off(ctx: Ctx[Services]) -> str:
    """Say that joins are credited to nobody at present, where that is so."""
    if not ctx.services.credit.tracking_off(ctx.guild_id):
        return ""
    off = say("Tracking is off in this server: joins are credited to nobody at present.")
    return f"\n{off}"


def _page(ctx: Ctx[Services], period: Period, page: int) -> Reply:
    board = ctx.services.credit.leaderboard(ctx.guild_id, period, ctx.now, page, PAGE_SIZE)
    if not board.standings:
        if page > 1:
            raise UserError(say(_NO_PAGE[period], page=page))
        nobody = say(_NOBODY[period])
        return Reply(embeds=(Embed(nobody, say("Invite leaderboard"), color=BLURPLE),))
    first = (page - 1) * PAGE_SIZE + 1
    lines = [_line(place, row) for place, row in enumerate(board.standings, first)]
    footer = say("Page {page}", page=page)
    if ctx.services.credit.tracking_off(ctx.guild_id):
        off = say("tracking is off")
        footer += f" · {off}"
    footer += f" · {_own(ctx, period, first, board.standings)}"
    title = say(_TITLES[period])
    return Reply(
        embeds=(Embed("\n".join(lines), title, footer=footer, color=BLURPLE),),
        rows=_buttons(period, page, more=board.has_next and page < PAGES_LIMIT),
    )


def _own(ctx: Ctx[Services], period: Period, first: int, standings: Sequence[Standing]) -> str:
    """Say where the member who asks stands, on this page or not."""
    for place, row in enumerate(standings, first):
        if row.user_id == ctx.user_id:
            return say("your place: {place}", place=f"{place:,}")
    found = ctx.services.credit.place(ctx.guild_id, period, ctx.now, ctx.user_id)
    if found is None:
        return say("you are not on it yet")
    number = f"{found.number:,}"
    match found.surety:
        case Surety.EXACT:
            return say("your place: {place}", place=number)
        case Surety.SHARED:
            return say("your place: {place}, shared with many", place=number)
        case Surety.ABOUT:
            return say("your place: about {place}", place=number)
        case Surety.BEYOND:
            return say("your place: beyond {place}", place=number)


def _buttons(period: Period, page: int, *, more: bool) -> tuple[Row, ...]:
    if page == 1 and not more:
        return ()
    back = turn.press(period=period.value, page=max(1, page - 1))
    on = turn.press(period=period.value, page=page + 1)
    return (
        (
            Button(say("Previous"), back, disabled=page == 1),
            Button(say("Next"), on, disabled=not more),
        ),
    )


def _line(place: int, row: Standing) -> str:
    tally = row.tally
    parts = [say("{number} tracked", number=f"{tally.tracked:,}")]
    for number, words in (
        (tally.added, later("{number} added")),
        (tally.fake, later("{number} fake")),
        (tally.left, later("{number} left")),
    ):
        if number:
            parts.append(say(words, number=f"{number:,}"))
    gone = f" · {say('left the server')}" if row.gone else ""
    who = f"**{place}.** {text.user(row.user_id)}"
    return f"{who}: **{tally.effective:,}** ({', '.join(parts)}){gone}"
