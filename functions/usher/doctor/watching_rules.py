"""Whether Usher hears and sees what it must to know who brought whom. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.outcomes import Confidence, Reason
from usher.attribution.sentences import reason_of
from usher.doctor.facts import Application, Books, Search, Server, Session, Settings
from usher.doctor.model import Finding, State
from usher.slash import text
from usher.slash.say import later, say, say_count

LISTENING: Final = later("Listening")
JOINS: Final = later("Joins")

MEMBERS: Final = 1 << 14
MEMBERS_LIMITED: Final = 1 << 15
"""Discord docs: Application Flags, GATEWAY_GUILD_MEMBERS and …_LIMITED."""
MEMBERS_INTENT: Final = 1 << 1
"""Discord docs: Gateway Intents."""
QUIET: Final = timedelta(minutes=3)
"""A session that has heard nothing for so long, not even an answer to its heartbeats, hangs."""
FEW: Final = 5
"""Joins below which a share says nothing."""
TOLERATED: Final = 0.01
OPERATOR: Final = later("Whoever runs Usher has to see to it: `usher doctor` tells more.")


def intent_findings(application: Application, session: Session | None) -> list[Finding]:
    """Say whether joins are told to Usher at all."""
    area, what = say(LISTENING), say("Server Members Intent")
    if not application.flags & (MEMBERS | MEMBERS_LIMITED):
        return [
            Finding(
                area,
                what,
                State.BROKEN,
                say("Discord does not tell me of joins: the Server Members Intent is off."),
                say(
                    "Whoever runs Usher turns it on in Discord's developer portal, under Bot, "
                    "Privileged Gateway Intents."
                ),
            )
        ]
    if session is not None and session.intents and not session.intents & MEMBERS_INTENT:
        said = say("The listener's session was begun without the Server Members Intent.")
        return [Finding(area, what, State.BROKEN, said, say(OPERATOR))]
    return [Finding(area, what, State.WELL, say("Discord tells me of joins."))]


def session_findings(session: Session | None, now: datetime) -> list[Finding]:
    """Say whether somebody listens to this guild's shard."""
    area, what = say(LISTENING), say("Listener")
    if session is None or session.owner is None or session.held_until is None:
        said = say("Nobody listens to this server, and nobody has before.")
        return [Finding(area, what, State.BROKEN, said, say(OPERATOR))]
    heard = session.heard_until
    since = say("never") if heard is None else text.when(heard)
    place = say("shard {shard} of {shards}", shard=session.shard, shards=session.shards)
    if session.held_until <= now:
        return [
            Finding(
                area,
                what,
                State.BROKEN,
                say("Nobody listens to this server now. Last heard: {since}.", since=since),
                say("Joins are made up for once it runs again.") + " " + say(OPERATOR),
                where=place,
            )
        ]
    if heard is None or now - heard > QUIET:
        return [
            Finding(
                area,
                what,
                State.ATTENTION,
                say("The listener runs, but Discord was last heard {since}.", since=since),
                say("It begins anew by itself within minutes; look again then."),
                where=place,
            )
        ]
    said = say("I listen ({place}); last heard {since}.", place=place, since=since)
    return [Finding(area, what, State.WELL, said)]


def search_findings(settings: Settings, search: Search, now: datetime) -> list[Finding]:
    """Say whether Discord's own record of joins can be asked."""
    area, what = say(JOINS), say("Discord's record")
    if settings.guild.get("members_search") == "off":
        said = say("Discord's own record of joins is not asked: that is switched off.")
        return [Finding(area, what, State.WELL, said)]
    if search.closed_until is not None and search.closed_until > now:
        return [
            Finding(
                area,
                what,
                State.ATTENTION,
                say_count(
                    "Discord refused its record of joins {number} time in a row; I ask again "
                    "{when}.",
                    "Discord refused its record of joins {number} times in a row; I ask again "
                    "{when}.",
                    search.refusals,
                    when=text.when(search.closed_until),
                ),
                say("I need **Manage Server** for it; without, I go by use counts alone."),
            )
        ]
    return [Finding(area, what, State.WELL, say("Discord's own record of joins is asked."))]


def join_findings(books: Books, settings: Settings) -> list[Finding]:
    """Say how sure the words on the joins of seven days are, and what keeps others open."""
    area, what = say(JOINS), say("Last 7 days")
    found: list[Finding] = []
    if settings.guild.get("tracking") == "off":
        found.append(
            Finding(
                area,
                say("Tracking"),
                State.ATTENTION,
                say("Joins are on record, but nobody gets credit for them: tracking is off."),
                say("Turn it on with `/invite tracking`."),
            )
        )
    total, open_ = books.accuracy.total, books.head.open.joins if books.head else ()
    unsure = sum(
        books.accuracy.joins.get(one, 0) for one in (Confidence.AMBIGUOUS, Confidence.NONE)
    )
    if not total and not open_:
        return [*found, Finding(area, what, State.WELL, say("Nobody has joined."))]
    said = say_count("{number} join", "{number} joins", total)
    said += ", " + say_count("{number} not known for sure", "{number} not known for sure", unsure)
    if open_:
        said += ", " + say_count("{number} still open", "{number} still open", len(open_))
    why = _why(books)
    said += f". {why}" if why else "."
    worse = total >= FEW and unsure / total > TOLERATED
    remedy = say("`/invite stats` shows the ways; what is found above is the usual cause.")
    state = State.ATTENTION if worse else State.WELL
    return [*found, Finding(area, what, state, said, remedy if worse else "")]


def door_findings(server: Server, settings: Settings, now: datetime) -> list[Finding]:
    """Say whether newcomers get in, and when they are greeted."""
    area, found = say(JOINS), list[Finding]()
    if server.paused_until is not None and server.paused_until > now:
        said = say("Nobody gets in by an invite until {when}.", when=text.when(server.paused_until))
        remedy = say("Open the door with `/raid off`, or leave it until then.")
        found.append(Finding(area, say("Door"), State.ATTENTION, said, remedy))
    elif "INVITES_DISABLED" in server.features:
        said = say("Nobody gets in by an invite: they are paused in Discord.")
        remedy = say("Resume them under Server Settings, Invites.")
        found.append(Finding(area, say("Door"), State.ATTENTION, said, remedy))
    screened = "MEMBER_VERIFICATION_GATE_ENABLED" in server.features
    if screened and settings.welcome.get("state") == "on":
        said = say("Newcomers accept the rules first, and are welcomed then.")
        found.append(Finding(area, say("Welcome"), State.WELL, said))
    return found


def _why(books: Books) -> str:
    """Say the most common reasons of what is open."""
    joins = books.head.open.joins if books.head else ()
    reasons: Counter[Reason] = Counter()
    for one in joins:
        reason = getattr(one.outcome, "reason", None)
        if isinstance(reason, Reason):
            reasons[reason] += 1
    return " ".join(reason_of(reason) for reason, _ in reasons.most_common(2))
