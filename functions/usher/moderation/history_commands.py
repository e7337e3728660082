"""/warnings and /myhistory, and the entry History of the menu on members (SPEC 7.2)."""

from typing import Annotated, Final, Literal

from usher.ids import UserId
from usher.moderation.appeal_commands import appeal_form, appealable
from usher.moderation.asking import NEEDED, Reads, admit
from usher.moderation.model import Case, Kind
from usher.moderation.rules import counts, theirs_to_see
from usher.moderation.sanction_commands import Whom
from usher.moderation.words import line_of
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Press, Row
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.menus import user_menu
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

PAGE: Final = 8


@command("warnings", "Show a member's warnings", ephemeral=True, shown_to=NEEDED)
def warnings(
    ctx: Ctx[Reads],
    user: Whom,
    show: Annotated[Literal["active", "all"], Opt("Those that count, or all")] = "active",
) -> Reply:
    """Show the first page of somebody's warnings."""
    return _warnings(ctx, user, show, 1)


@action("warnings.turn")
def turn_warnings(ctx: Ctx[Reads], user: str, show: str, page: int) -> Reply:
    """Turn to another page."""
    return _warnings(ctx, UserId(user), show, page)


@command("myhistory", "Show what is on record about you", ephemeral=True)
def myhistory(ctx: Ctx[Reads]) -> Reply:
    """Show the asker's own cases, as far as they are theirs to see."""
    return _own(ctx, 1)


@action("mine.turn")
def turn_mine(ctx: Ctx[Reads], page: int) -> Reply:
    """Turn to another page."""
    return _own(ctx, page)


@user_menu("History", ephemeral=True, shown_to=NEEDED)
def history(ctx: Ctx[Reads], user: UserId) -> Reply:
    """Show a member's cases to moderators."""
    return _history(ctx, user, 1)


@action("history.turn")
def turn_history(ctx: Ctx[Reads], user: str, page: int) -> Reply:
    """Turn to another page."""
    return _history(ctx, UserId(user), page)


def _warnings(ctx: Ctx[Reads], user: UserId, show: str, page: int) -> Reply:
    admit(ctx)
    found = [
        one
        for one in ctx.services.cases.of_member(ctx.guild_id, user)
        if one.kind is Kind.WARN and (show == "all" or counts(one, ctx.now))
    ]
    if not found:
        if show == "all":
            return sentence(say("{user} was never warned.", user=text.user(user)))
        return sentence(say("{user} has no warnings that count.", user=text.user(user)))
    points = sum(one.points for one in found if counts(one, ctx.now))
    head = " · ".join(
        (
            text.user(user),
            say_count("{number} warning", "{number} warnings", len(found)),
            say_count("{number} point", "{number} points", points),
        )
    )
    presses = [turn_warnings.press(user=user, show=show, page=to) for to in (page - 1, page + 1)]
    return _listed(ctx, found, page, say("Warnings"), head, _row(presses, page, len(found)))


def _history(ctx: Ctx[Reads], user: UserId, page: int) -> Reply:
    admit(ctx)
    found = list(ctx.services.cases.of_member(ctx.guild_id, user))
    if not found:
        return sentence(say("Nothing is on record about {user}.", user=text.user(user)))
    head = f"{text.user(user)} · {say_count('{number} case', '{number} cases', len(found))}"
    presses = [turn_history.press(user=user, page=to) for to in (page - 1, page + 1)]
    return _listed(ctx, found, page, say("History"), head, _row(presses, page, len(found)))


def _own(ctx: Ctx[Reads], page: int) -> Reply:
    cases = ctx.services.cases.of_member(ctx.guild_id, ctx.user_id)
    found = [one for one in cases if theirs_to_see(one)]
    if not found:
        return sentence(say("Nothing is on record about you. Thank you!"))
    points = sum(one.points for one in found if counts(one, ctx.now))
    head = say_count("{number} point counts.", "{number} points count.", points)
    presses = [turn_mine.press(page=to) for to in (page - 1, page + 1)]
    rows = _row(presses, page, len(found))
    if ctx.services.rulebook.read(ctx.guild_id).appeals and appealable(ctx):
        rows = (*rows, (Button(say("Appeal"), appeal_form.press()),))
    return _listed(ctx, found, page, say("Your history"), head, rows)


def _listed(
    ctx: Ctx[Reads], found: list[Case], page: int, title: str, head: str, rows: tuple[Row, ...]
) -> Reply:
    shown = found[(page - 1) * PAGE : page * PAGE]
    lines = [line_of(one, ctx.now) for one in shown]
    return Reply(embeds=(Embed("\n".join((head, "", *lines)), title),), ephemeral=True, rows=rows)


def _row(presses: list[Press], page: int, number: int) -> tuple[Row, ...]:
    last = -(-number // PAGE)
    if last == 1:
        return ()
    back, on = presses
    return (
        (
            Button(say("Newer"), back, disabled=page == 1),
            Button(say("Older"), on, disabled=page >= last),
        ),
    )
