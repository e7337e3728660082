"""What waits or has failed for long. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from usher.doctor.facts import Books
from usher.doctor.model import Finding, State
from usher.doctor.watching_rules import OPERATOR
from usher.rewards.hierarchy import Obstacle
from usher.rewards.problems import sentence
from usher.slash import text
from usher.slash.say import later, say, say_count

PENDING: Final = later("Waiting")
RECORDS: Final = later("Records")
SILENT: Final = timedelta(hours=3)
"""The comparison is hourly; it may miss two."""
DIFFERS: Final = later(
    "Admins are told of what they can mend; for the rest, whoever runs Usher sees more with "
    "`usher integrity`."
)
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


def check_findings(books: Books, now: datetime) -> list[Finding]:
    """Say when Discord, table and ledger were compared last, and what still differs."""
    area, what, checked = say(RECORDS), say("Comparison"), books.checked
    if checked is None:
        said = say("Discord, table and ledger have not been compared yet; that is done each hour.")
        return [Finding(area, what, State.WELL, said)]
    when = text.when(checked.at)
    if now - checked.at > SILENT:
        said = say("Discord, table and ledger were compared last {when}.", when=when)
        return [Finding(area, what, State.ATTENTION, said, say(OPERATOR))]
    if checked.lasting:
        said = say_count(
            "{number} difference between Discord, table and ledger lasts.",
            "{number} differences between Discord, table and ledger last.",
            checked.lasting,
        )
        return [Finding(area, what, State.ATTENTION, said, say(DIFFERS))]
    if checked.asked_at is None or now - checked.asked_at > SILENT:
        since = say("never") if checked.asked_at is None else text.when(checked.asked_at)
        said = say(
            "Table and ledger agree as of {when}. Discord was compared last: {since}.",
            when=when,
            since=since,
        )
        return [Finding(area, what, State.ATTENTION, said, say(OPERATOR))]
    said = say_count(
        "Discord, table and ledger agree as of {when}, after {number} repair.",
        "Discord, table and ledger agree as of {when}, after {number} repairs.",
        checked.repairs,
        when=when,
    )
    if not checked.repairs:
        said = say("Discord, table and ledger agree as of {when}.", when=when)
    return [Finding(area, what, State.WELL, said)]


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
