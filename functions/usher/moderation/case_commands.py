"""/case view, edit, pardon, evidence and list (SPEC 7.2)."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from typing import Annotated, Final

from usher.ids import UserId
from usher.moderation.asking import (
    NEEDED,
    REASON,
    Services,
    admit,
    answered,
    attached,
    is_page,
    numbers,
    reasons,
)
from usher.moderation.evidence_commands import evidence_rows, uncopied
from usher.moderation.guard import Action
from usher.moderation.model import LASTING, Case, Evidence
from usher.moderation.rules import in_force
from usher.moderation.sanction_commands import order
from usher.moderation.words import case_embed, line_of
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.resolved import AttachmentId
from usher.slash.say import say

PAGE: Final = 8
LOOKED_AT: Final = 2_000
"""Cases that a filtered list looks through at most."""

case = Group("case", "What is on record", shown_to=NEEDED)

Number = Annotated[int, Opt("Its number", min=1, complete=numbers)]


class CaseKind(StrEnum):
    """What can be asked for."""

    WARNINGS = "warn"
    NOTES = "note"
    MUTES = "mute"
    UNMUTES = "unmute"
    KICKS = "kick"
    SOFTBANS = "softban"
    BANS = "ban"
    UNBANS = "unban"


@case.command("view", "Show a case", defer=True, ephemeral=True)
def view(ctx: Ctx[Services], case: Number) -> Reply:
    """Show a case and what happened to it."""
    admit(ctx)
    found = _found(ctx, case)
    embed = case_embed(found, ctx.now, whole=True)
    return Reply(embeds=(embed,), ephemeral=True, rows=evidence_rows(found))


@case.command("edit", "Give a case another reason", defer=True, ephemeral=True)
def edit(
    ctx: Ctx[Services],
    case: Number,
    reason: Annotated[str, Opt("The reason", min_length=1, max_length=REASON, complete=reasons)],
) -> Reply:
    """Change a case's reason; the one before stays among what happened."""
    return _amend(ctx, Action.EDIT, case, reason)


@case.command("pardon", "Take a case back", defer=True, ephemeral=True)
def pardon(
    ctx: Ctx[Services],
    case: Number,
    reason: Annotated[str | None, Opt("Why", max_length=REASON, complete=reasons)] = None,
) -> Reply:
    """Take a case back: it stays on record; a warning's points count no more."""
    admit(ctx)
    found = _found(ctx, case)
    if found.kind in LASTING and in_force(found, ctx.now):
        raise UserError(say("That is in force. Lift it with `/unmute` or `/unban`."))
    return _amend(ctx, Action.PARDON, case, reason)


@case.command("evidence", "Add a file or a link to a case", defer=True, ephemeral=True)
def evidence(
    ctx: Ctx[Services],
    case: Number,
    file: Annotated[AttachmentId | None, Opt("A file")] = None,
    link: Annotated[str | None, Opt("A message's or a page's link", max_length=500)] = None,
) -> Reply:
    """Add evidence to a case."""
    given = attached(ctx, file)
    if link is not None:
        if not is_page(link):
            raise UserError(say("A link begins with https:// and has no spaces or brackets."))
        given = (*given, Evidence(link))
    if not given:
        raise UserError(say("Please add a file or a link."))
    reply = None
    for one in given:
        reply = _amend(ctx, Action.EDIT, case, "", (one,))
    return reply or sentence(say("Please add a file or a link."))


@case.command("list", "List cases", defer=True, ephemeral=True)
def list_(
    ctx: Ctx[Services],
    user: Annotated[UserId | None, Opt("About whom")] = None,
    mod: Annotated[UserId | None, Opt("By whom")] = None,
    type_: Annotated[CaseKind | None, Opt("Of which kind")] = None,
) -> Reply:
    """Show the first page of cases, newest first."""
    return _page(ctx, user, mod, None if type_ is None else type_.value, 1)


@action("case.turn", defer=True)
def turn_cases(
    ctx: Ctx[Services], user: str | None, moderator: str | None, kind: str | None, page: int
) -> Reply:
    """Turn to another page."""
    whom = None if user is None else UserId(user)
    by = None if moderator is None else UserId(moderator)
    return _page(ctx, whom, by, kind, page)


def _found(ctx: Ctx[Services], number: int) -> Case:
    found = ctx.services.cases.find(ctx.guild_id, number)
    if found is None:
        raise UserError(say("There is no case {number}.", number=number))
    return found


def _amend(
    ctx: Ctx[Services],
    action: Action,
    number: int,
    reason: str | None,
    added: tuple[Evidence, ...] = (),
) -> Reply:
    admit(ctx)
    found = _found(ctx, number)
    made = order(ctx, action, found.user_id, reason if not added else "evidence")
    made = replace(made, evidence=added)
    court = ctx.services.court
    with answered(action, found.user_id):
        after = (court.pardon if action is Action.PARDON else court.edit)(made, number)
    embed = case_embed(after or found, ctx.now, whole=True)
    said = [say("Case {number} is changed.", number=number)]
    if added and after is not None:
        said.append(uncopied(after.evidence[-len(added) :]))
    return Reply("\n".join(filter(None, said)), (embed,), ephemeral=True)


def _page(
    ctx: Ctx[Services], user: UserId | None, moderator: UserId | None, kind: str | None, page: int
) -> Reply:
    admit(ctx)
    page = max(page, 1)
    fitting = (
        one
        for one in every_case(ctx, user)
        if (moderator is None or one.by == moderator) and (kind is None or one.kind.value == kind)
    )
    found = list(islice(fitting, (page - 1) * PAGE, page * PAGE + 1))
    if not found and page == 1:
        return sentence(say("There are no such cases."))
    lines = [f"{line_of(one, ctx.now)}\n{text.user(one.user_id)}" for one in found[:PAGE]]
    rows = _buttons(user, moderator, kind, page, more=len(found) > PAGE)
    return Reply(embeds=(Embed("\n".join(lines), say("Cases")),), ephemeral=True, rows=rows)


def every_case(ctx: Ctx[Services], user: UserId | None = None) -> Iterable[Case]:
    """Read cases, newest first, as far back as a list looks."""
    if user is not None:
        yield from ctx.services.cases.of_member(ctx.guild_id, user)
        return
    before: int | None = None
    for _ in range(LOOKED_AT // 200):
        some = ctx.services.cases.latest(ctx.guild_id, before, 200)
        yield from some
        if len(some) < 200:
            return
        before = some[-1].number


def _buttons(
    user: UserId | None, moderator: UserId | None, kind: str | None, page: int, *, more: bool
) -> tuple[Row, ...]:
    if page == 1 and not more:
        return ()
    back, on = (
        turn_cases.press(user=user, moderator=moderator, kind=kind, page=to)
        for to in (page - 1, page + 1)
    )
    return (
        (
            Button(say("Newer"), back, disabled=page == 1),
            Button(say("Older"), on, disabled=not more),
        ),
    )
