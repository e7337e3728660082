"""/escalation set, remove, list and expiry: what warnings lead to (SPEC 7.3)."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from usher.moderation.asking import Services, lengths
from usher.moderation.durations import read_duration, say_duration
from usher.moderation.ladder import (
    MOST_POINTS,
    MOST_RUNGS,
    Rung,
    with_rung,
    without,
    write_ladder,
)
from usher.moderation.model import Kind
from usher.moderation.sanction_commands import LENGTH
from usher.moderation.saving import save
from usher.moderation.settings import EXPIRY, LADDER, ModSettings
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply
from usher.slash.say import later, say, say_count

LONGEST_DAYS: Final = 3_650

_WHAT: Final = {
    Kind.MUTE: later("mute {length}"),
    Kind.KICK: later("kick"),
    Kind.BAN: later("ban {length}"),
}

escalation = Group("escalation", "What warnings lead to", permissions=Permission.MANAGE_GUILD)

Points = Annotated[int, Opt("At how many points", min=1, max=MOST_POINTS)]


class Step(StrEnum):
    """What points can lead to."""

    MUTE = "mute"
    KICK = "kick"
    BAN = "ban"


@escalation.command("set", "Let points lead to something", defer=True, ephemeral=True)
def set_(
    ctx: Ctx[Services],
    points: Points,
    action: Annotated[Step, Opt("What happens")],
    duration: Annotated[
        str | None,
        Opt("How long, like 1d; for good if left out", max_length=LENGTH, complete=lengths),
    ] = None,
) -> Reply:
    """Set a rung, in place of one at as many points."""
    kind = Kind(action.value)
    if kind is Kind.KICK and duration is not None:
        raise UserError(say("A kick has no length of time."))
    length = None if duration is None else read_duration(duration)
    ladder = with_rung(ctx.services.rulebook.read(ctx.guild_id).ladder, Rung(points, kind, length))
    if len(ladder) > MOST_RUNGS:
        raise UserError(say("A ladder has at most {most} rungs.", most=MOST_RUNGS))
    return _now(ctx, save(ctx, **{LADDER: write_ladder(ladder)}))


@escalation.command("remove", "Let points lead to nothing", defer=True, ephemeral=True)
def remove(ctx: Ctx[Services], points: Points) -> Reply:
    """Take a rung away."""
    ladder = ctx.services.rulebook.read(ctx.guild_id).ladder
    left = without(ladder, points)
    if left == ladder:
        raise UserError(say("Nothing happens at that number of points."))
    return _now(ctx, save(ctx, **{LADDER: write_ladder(left)}))


@escalation.command("list", "Show what warnings lead to", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show the ladder."""
    return _now(ctx, "")


@escalation.command("expiry", "How long a warning counts", defer=True, ephemeral=True)
def expiry(
    ctx: Ctx[Services],
    days: Annotated[int, Opt("Days; 0 for always", min=0, max=LONGEST_DAYS)],
) -> Reply:
    """Set how long the warnings from now on count."""
    return _now(ctx, save(ctx, **{EXPIRY: str(days)}))


def _now(ctx: Ctx[Services], words: str) -> Reply:
    settings: ModSettings = ctx.services.rulebook.read(ctx.guild_id)
    lines = [
        f"**{say_count('{number} point', '{number} points', rung.points)}** · {_what(rung)}"
        for rung in settings.ladder
    ]
    if not lines:
        lines = [say("Warnings lead to nothing. Begin with `/escalation set`.")]
    lines += ["", _counts(settings.expiry)]
    return Reply(words, (Embed("\n".join(lines), say("What warnings lead to")),), ephemeral=True)


def _what(rung: Rung) -> str:
    return say(_WHAT[rung.kind], length=say_duration(rung.length))


def _counts(expiry: timedelta | None) -> str:
    if expiry is None:
        return say("A warning counts always.")
    return say_count(
        "A warning counts for {number} day.", "A warning counts for {number} days.", expiry.days
    )
