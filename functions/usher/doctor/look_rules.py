"""What Usher knows of the invites, and how old that is. Pure."""

from datetime import datetime, timedelta
from typing import Final

from usher.doctor.facts import Books, Server
from usher.doctor.model import Finding, Repair, State
from usher.doctor.watching_rules import LISTENING, OPERATOR
from usher.slash import text
from usher.slash.say import later, say, say_count

INVITES: Final = later("Invites")
RECENT: Final = timedelta(days=1)
NOTEWORTHY: Final = timedelta(minutes=10)
MOST_INVITES: Final = 1_000
"""Of a server (Discord docs: JSON Error Codes, 30016)."""
NEARLY: Final = 950


def look_findings(books: Books, server: Server | None, now: datetime) -> list[Finding]:
    """Say what Usher knows of the invites, and how old that is."""
    head, area = books.head, say(INVITES)
    if head is None or head.since is None:
        return [
            Finding(
                area,
                say("First look"),
                State.ATTENTION,
                say("I have not looked at this server's invites yet."),
                say("It happens within a minute of my coming; look now, if it did not."),
                repair=Repair.LOOK,
            )
        ]
    found = [_figures(books, server)]
    if head.blind_since is not None:
        found.append(
            Finding(
                area,
                say("Use counts"),
                State.BROKEN,
                say(
                    "Discord does not show me how often invites were used, since {since}.",
                    since=text.when(head.blind_since),
                ),
                say("Look now; if that fails, I lack **Manage Server**."),
                repair=Repair.LOOK,
            )
        )
    elif head.gap:
        found.append(
            Finding(
                area,
                say("After an absence"),
                State.ATTENTION,
                say("The listener was away, and I have not looked at the invites since."),
                say("It looks by itself with the next join; look now to be sure."),
                repair=Repair.LOOK,
            )
        )
    if books.codes.active >= NEARLY:
        said = say(
            "This server has {number} of the {most} invites that Discord allows.",
            number=f"{books.codes.active:,}",
            most=f"{MOST_INVITES:,}",
        )
        remedy = say(
            "Revoke some with `/invite revoke`, or let new ones end with `/invite policy`."
        )
        found.append(Finding(area, say("Room"), State.ATTENTION, said, remedy))
    return found + _absences(books, now)


def _figures(books: Books, server: Server | None) -> Finding:
    codes, head = books.codes, books.head
    said = say_count(
        "I know {number} active invite", "I know {number} active invites", codes.active
    )
    if codes.newest is not None and codes.newest_at is not None:
        said += ", " + say(
            "the newest {code}, made {when}",
            code=text.code(codes.newest),
            when=text.when(codes.newest_at),
        )
    if head is not None and head.vanity_code:
        said += ", " + say("the vanity link {code}", code=text.code(head.vanity_code))
    elif server is not None and "VANITY_URL" in server.features:
        said += ", " + say("but not the vanity link")
    looked = None if head is None else head.looked_at
    said += ". " + (
        say("I have not seen their use counts yet.")
        if looked is None
        else say("Last good look: {when}.", when=text.when(looked))
    )
    return Finding(
        say(INVITES),
        say("Known"),
        State.WELL if looked else State.ATTENTION,
        said,
        "" if looked else say("Look now."),
        repair=None if looked else Repair.LOOK,
    )


def _absences(books: Books, now: datetime) -> list[Finding]:
    gaps = books.head.gaps if books.head else ()
    late = [(a, b) for a, b in gaps if now - b < RECENT and b - a > NOTEWORTHY]
    if not late:
        return []
    longest = max(b - a for a, b in late)
    said = say_count(
        "The listener was away {number} time in a day, for up to {minutes} minutes.",
        "The listener was away {number} times in a day, for up to {minutes} minutes.",
        len(late),
        minutes=f"{longest // timedelta(minutes=1):,}",
    )
    remedy = say("What was missed is made up for as far as it can be.") + " " + say(OPERATOR)
    return [Finding(say(LISTENING), say("Absences"), State.ATTENTION, said, remedy)]
