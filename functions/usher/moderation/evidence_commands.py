"""The buttons under a case that lead to its files, for moderators alone (SPEC 7.2)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from usher.moderation.asking import Services, admit
from usher.moderation.model import Case, Evidence
from usher.moderation.ports import LINK_LIFE
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Embed, Reply
from usher.slash.say import say

A_ROW: Final = 5
NAME: Final = 80


def evidence_rows(case: Case) -> tuple[Row, ...]:
    """Offer the copies of a case's files; links are made when they are asked for: they end soon."""
    buttons = [
        Button(
            text.cut(one.name, NAME) or say("File"),
            show_file.press(number=case.number, attachment=one.attachment),
        )
        for one in case.evidence
        if one.copy
    ]
    return tuple(tuple(buttons[at : at + A_ROW]) for at in range(0, len(buttons), A_ROW))


def uncopied(evidence: Iterable[Evidence]) -> str:
    """Say of which files no copy is kept; nothing where of all."""
    lost = ", ".join(text.escape(text.cut(one.name, NAME)) for one in evidence if one.is_lost)
    if not lost:
        return ""
    return say(
        "I could not keep a copy of {files}. Discord's link to it ends within a day or so.",
        files=lost,
    )


@action("case.file", defer=True, anew=True)
def show_file(ctx: Ctx[Services], number: int, attachment: str) -> Reply:
    """Hand over a link to a file; whoever has it can fetch the file while it lives."""
    admit(ctx)
    case = ctx.services.cases.find(ctx.guild_id, number)
    held = () if case is None else case.evidence
    found = next((one for one in held if one.copy and one.attachment == attachment), None)
    link = None if found is None else ctx.services.evidence.link(found)
    if found is None or link is None:
        raise UserError(say("That file is kept no more."))
    name = text.escape(text.cut(found.name, NAME)) or say("File")
    kind = f" ({text.escape(found.content_type)})" if found.content_type else ""
    ends = say(
        "The link ends in {minutes} minutes. Whoever has it can fetch the file, so keep it to "
        "yourself.",
        minutes=LINK_LIFE // timedelta(minutes=1),
    )
    return Reply(embeds=(Embed(f"**[{name}]({link})**{kind}\n{ends}"),), ephemeral=True)
