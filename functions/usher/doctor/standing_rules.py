"""What waits or has failed for long. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from usher.doctor.facts import Books
from usher.doctor.model import Finding, State
from usher.rewards.hierarchy import Obstacle
from usher.rewards.problems import sentence
from usher.slash import text
from usher.slash.say import later, say, say_count

PENDING: Final = later("Waiting")
LATE: Final = timedelta(minutes=5)
"""What ends is ended within seconds; what is this late is in somebody's way."""

KINDS: Final = {
    "ban": later("bans"),
    "mute": later("mutes"),
    "lock": later("locks"),
    "slowmode": later("slowmodes"),
}


def standing_findings(books: Books, now: datetime) -> list[Finding]:
    """Say what should be over and is not, and what Discord refuses without a visible reason."""
    found = [*_overdue(books, now), *_refused(books)]
    if books.failing_hooks:
        said = say_count(
            "{number} webhook takes nothing of what I send.",
            "{number} webhooks take nothing of what I send.",
            books.failing_hooks,
        )
        remedy = say("See why with `/webhook log`, and test it with `/webhook test`.")
        found.append(Finding(say(PENDING), say("Webhooks"), State.ATTENTION, said, remedy))
    if not found:
        found.append(Finding(say(PENDING), say(PENDING), State.WELL, say("Nothing is overdue.")))
    return found


def _overdue(books: Books, now: datetime) -> list[Finding]:
    late = [one for one in books.overdue if now - one.due_at > LATE]
    if not late:
        return []
    kinds = Counter(one.kind for one in late)
    named = ", ".join(f"{say(KINDS.get(kind, kind))}: {count}" for kind, count in kinds.items())
    oldest = min(one.due_at for one in late)
    said = say(
        "What should have ended has not ({kinds}), the oldest due {when}.",
        kinds=named,
        when=text.when(oldest),
    )
    remedy = say("I try again by myself; a permission named above is the usual reason.")
    return [Finding(say(PENDING), say("Overdue"), State.BROKEN, said, remedy)]


def _refused(books: Books) -> list[Finding]:
    """Those alone whose reason no rule about permissions, channels and roles can see."""
    return [
        Finding(say(PENDING), say("Refused"), State.ATTENTION, sentence(one))
        for one in books.problems
        if one.obstacle is Obstacle.REFUSED
    ]
