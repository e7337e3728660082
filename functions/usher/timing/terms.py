"""What holds for a time: a ban, a mute, a slowmode, a lock (SPEC 7.5). Pure.

A term is one row, `X#<kind>#<what>`: one a guild, kind and thing. Every change writes another
version and, where it is to end, another time into the due-time index. (Rooms may keep rows of
their own shape under such keys, and end them themselves: bans and mutes do.)

Whoever begins a term writes the row first and changes Discord then; whoever ends one changes
Discord first and marks the row then, on condition that it still ends at that time. So a crash
leaves either nothing done or something that is done again, and where a newer term was written
meanwhile the mark fails and the newer one is made to hold again.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Final

from usher.contracts.effect import EndDue
from usher.frozen import frozen
from usher.ids import GuildId
from usher.times import format_time

TERM: Final = "X#"

AHEAD: Final = timedelta(seconds=135)
"""How far the sweep looks ahead: each minute it tells again of what it told a minute ago, so that
a sweep that does not come, or ends halfway, makes nothing late."""
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)


@frozen
class Term:
    """What a row says."""

    guild_id: GuildId
    kind: str
    what: str
    """The user or channel, as a rule: whatever the kind's terms are told apart by."""
    version: str
    due_at: datetime | None = None
    """When it ends; None for not by itself, and for what has ended."""
    held: str = ""
    """What its kind keeps with it, as text."""
    ended: bool = False
    tries: int = 0
    """How often Discord has refused to let it end."""
    told: bool = False
    """Whether the admins know that."""

    @property
    def key(self) -> str:
        """Its sort key."""
        return term_key(self.kind, self.what)


def term_key(kind: str, what: str) -> str:
    """Name the row of a term."""
    return f"{TERM}{kind}#{what}"


def read_key(key: str) -> tuple[str, str]:
    """Tell kind and thing from a sort key."""
    kind, _, what = key.removeprefix(TERM).partition("#")
    return kind, what


def end_of(term: Term) -> EndDue | None:
    """Write the order that ends a term; None for one that does not end by itself."""
    if term.due_at is None:
        return None
    return end_due(term.guild_id, term.key, term.due_at, term.version)


def end_due(guild_id: GuildId, key: str, due_at: datetime, version: str | None = None) -> EndDue:
    """Write the order that ends what is due; the same again is the same id."""
    at = format_time(due_at)
    id_ = sha256("|".join(("end", guild_id, key, at)).encode()).hexdigest()[:25]
    return EndDue(id_, guild_id, key, at, version)


def is_soon(term: Term, now: datetime) -> bool:
    """Whether a term may end before a sweep sees it: who begins it orders the end as well."""
    return term.due_at is not None and term.due_at - now <= AHEAD


def delay(at: datetime, now: datetime) -> int:
    """Say in how many whole seconds a time is reached; 0 for one that is past."""
    return max(0, ceil((at - now).total_seconds()))


def is_told(late: timedelta) -> bool:
    """Whether the sweep tells of what is late so much, or not yet due (below 0).

    In each of the first minutes, then less and less often: what cannot end for an hour, since
    Discord is down, would else be in the queue sixty times.
    """
    minutes = int(late.total_seconds() // 60)
    return minutes <= 2 or minutes % 15 == 0 or minutes in (4, 8)


def pause(tries: int) -> timedelta:
    """Say how long to wait after so many refusals: five minutes, doubling up to six hours."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries, 10)))
