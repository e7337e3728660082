"""How a backfill stands, in a server owner's words."""

from datetime import datetime
from typing import Final

from usher.attribution.backfill_state import Backfill, Hurdle, Road, Status
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import later, say, say_count

TITLE: Final = later("Invite import")
BLURPLE: Final = 0x5865F2
GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C

BEGUN: Final = later("The import begins. I will show its progress here.")
ASKED: Final = later("I am asking Discord for its record of this member.")

_NAMES: Final = {
    Road.INVITE: later("By an invite"),
    Road.VANITY: later("By the vanity link"),
    Road.OTHER: later("By another road"),
    Road.BOT: later("Bots"),
    Road.SILENT: later("Not on record"),
}
_WAITING: Final = {
    Hurdle.INDEX: later("Discord is still preparing its member index."),
    Hurdle.LIMIT: later("Discord asks me to slow down."),
    Hurdle.WORKER: later("What was found is being recorded."),
}
_REFUSED: Final = later(
    "Discord does not show me its record of joins: that takes Manage Server. "
    "After a refusal I ask again an hour later at the earliest."
)
_PARTING: Final = later(
    "It goes on, but Discord lets me change this message for a quarter of an hour only: "
    "run `/invite import` again to see how it stands."
)
_WHY: Final = {
    **_WAITING,
    Hurdle.OFF: later("This server's setting keeps me from asking for Discord's record of joins."),
    Hurdle.REFUSED: _REFUSED,
}


def describe(backfill: Backfill, now: datetime, *, parting: bool = False) -> Reply:
    """Say how a backfill stands; `parting`: nothing can be shown here after this."""
    match backfill.status:
        case Status.RUNNING if backfill.stuck(now):
            return _embed(
                backfill, say("The import got stuck; run `/invite import` to go on."), YELLOW
            )
        case Status.RUNNING:
            so_far = f"{_so_far(backfill)} {say(_PARTING)}" if parting else _so_far(backfill)
            return _embed(backfill, so_far, BLURPLE)
        case Status.DONE:
            return _embed(backfill, _result(backfill), GREEN, took=True)
        case Status.COUNTED:
            return _embed(backfill, _counted(backfill.hurdle), YELLOW)
        case Status.PAUSED:
            head = say_count(
                "Imported **{number} member**, the newest first. Run `/invite import` for the "
                "others.",
                "Imported **{number} members**, the newest first. Run `/invite import` for the "
                "others.",
                backfill.found,
            )
            return _embed(backfill, head, BLURPLE)
        case Status.STOPPED:
            head = say_count(
                "The import stopped after {number} member.",
                "The import stopped after {number} members.",
                backfill.found,
            )
            told = (head, why(backfill.hurdle), say("Run `/invite import` to go on from there."))
            return _embed(backfill, " ".join(filter(None, told)), YELLOW)


def _so_far(backfill: Backfill) -> str:
    head = say_count(
        "Imported **{number} member** so far …",
        "Imported **{number} members** so far …",
        backfill.found,
    )
    waiting = _WAITING.get(backfill.hurdle) if backfill.hurdle else None
    return head if waiting is None else f"{head} {say(waiting)}"


def _result(backfill: Backfill) -> str:
    if not backfill.news:
        return say_count(
            "Read **{number} member**; everything was on record already.",
            "Read **{number} members**; everything was on record already.",
            backfill.found,
        )
    return say_count(
        "Imported **{number} member**: {news} recorded anew or corrected.",
        "Imported **{number} members**: {news} recorded anew or corrected.",
        backfill.found,
        news=say_count("{number} member", "{number} members", backfill.news),
    )


def _counted(hurdle: Hurdle | None) -> str:
    so = say(
        "So the use counts of the present invites are credited instead, once, as far as nobody is "
        "known by name; see `/invite leaderboard`. Should members be imported by name later, names "
        "take the place of counts."
    )
    return f"{why(hurdle) or say(_REFUSED)} {so}"


def why(hurdle: Hurdle | None) -> str:
    """Say what a backfill waits for, or what ended it; empty for nothing."""
    return "" if hurdle is None else say(_WHY[hurdle])


def _embed(backfill: Backfill, head: str, color: int, *, took: bool = False) -> Reply:
    fields = [
        Field(say(name), f"{number:,}", inline=True)
        for road, name in _NAMES.items()
        if (number := backfill.roads.get(road, 0))
    ]
    if took and backfill.finished_at is not None:
        seconds = (backfill.finished_at - backfill.started_at).total_seconds()
        fields.append(Field(say("Took"), _span(seconds), inline=True))
    return Reply(embeds=(Embed(head, say(TITLE), tuple(fields), color=color),), ephemeral=True)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
