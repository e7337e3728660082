"""What moderators are told of what they have asked for."""

from collections.abc import Sequence
from typing import Final

from usher.moderation.asking import Services
from usher.moderation.durations import say_duration
from usher.moderation.evidence_commands import uncopied
from usher.moderation.model import Case, Kind, Status, Told
from usher.moderation.words import case_embed, kind_of
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Reply
from usher.slash.say import later, say

DONE: Final = {
    Kind.WARN: later("{user} was warned"),
    Kind.NOTE: later("The note about {user} is kept"),
    Kind.MUTE: later("{user} is muted {length}"),
    Kind.UNMUTE: later("{user} is not muted any more"),
    Kind.KICK: later("{user} was removed"),
    Kind.SOFTBAN: later("{user} was removed, and their messages"),
    Kind.BAN: later("{user} is banned {length}"),
    Kind.UNBAN: later("{user} is not banned any more"),
}


def told(ctx: Ctx[Services], case: Case, followed: Sequence[Case]) -> Reply:
    """Say what became of a case."""
    if case.status is Status.FAILED:
        raise UserError(
            say("That was not carried out. Case {number} says why.", number=case.number)
        )
    if case.status is Status.PENDING:
        words = say("Case {number} is being carried out.", number=case.number)
        return Reply(words, ephemeral=True)
    length = "" if case.kind not in (Kind.MUTE, Kind.BAN) else _length(case)
    done = say(DONE[case.kind], user=text.user(case.user_id), length=length)
    said = [f"{done}. {say('Case {number}.', number=case.number)}"]
    if case.told is Told.CLOSED:
        said.append(say("They take no direct messages, so they were not told."))
    if lost := uncopied(case.evidence):
        said.append(lost)
    said += [_followed(one) for one in followed]
    return Reply("\n".join(said), (case_embed(case, ctx.now),), ephemeral=True)


def _length(case: Case) -> str:
    length = None if case.until is None else case.until - case.at
    return say("for {length}", length=say_duration(length)) if length else say("for good")


def consequences(ctx: Ctx[Services], case: Case) -> list[Case]:
    """Find what a warning has led to."""
    if case.kind is not Kind.WARN:
        return []
    ladder = ctx.services.rulebook.read(ctx.guild_id).ladder
    keys = [f"{case.key}.rung{rung.points}" for rung in ladder]
    found = [ctx.services.cases.by_key(ctx.guild_id, key) for key in keys]
    return [one for one in found if one is not None]


def _followed(case: Case) -> str:
    if case.status is Status.FAILED:
        return say(
            "Their points lead to {what}, which could not be carried out (case {number}).",
            what=kind_of(case),
            number=case.number,
        )
    return say(
        "Their points lead to {what} (case {number}).",
        what=kind_of(case),
        number=case.number,
    )
