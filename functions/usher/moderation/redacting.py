"""What goes from a case when somebody is erased, and when (SPEC 4.7, 11.8). Pure.

A case is kept for the server's safety: what is in force, what counts and what is appealed against
needs its reason, and so does what is over for not longer than `HELD`. Afterwards its words go; that
it was, when and by whom stays. Names go at once, wherever in the server's cases they stand.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from usher.ids import UserId
from usher.moderation.model import Appeal, Case, Change, Evidence, Kind, Ruling, Status
from usher.moderation.rules import changed, in_force, seal

HELD: Final = timedelta(days=180)
"""How long the words of a case outlive the last thing that happened to it."""
SHORTEST: Final = 2
"""Letters of a name that is looked for: a single one says nothing of anybody."""
_LASTING: Final = frozenset({Kind.WARN, Kind.MUTE, Kind.BAN})
_EDGES: Final = re.compile(r"^\W+|\W+$")


def is_held(case: Case, now: datetime) -> bool:
    """Whether a case needs its words still, whoever asks for them to go."""
    if case.status is Status.PENDING or (case.kind in _LASTING and in_force(case, now)):
        return True
    if case.appeal is not None and case.appeal.ruling is Ruling.OPEN:
        return True
    happened = [entry.at for entry in case.entries if entry.change is not Change.ERASED]
    ended = [] if case.until is None or case.until > now else [case.until]
    return now < max([case.at, *happened, *ended]) + HELD


def without_words(case: Case) -> Case:
    """Leave what was done, when, by whom and how it stands."""
    appeal = None if case.appeal is None else replace(case.appeal, text="")
    entries = tuple(replace(entry, text="") for entry in case.entries)
    return replace(case, reason="", evidence=(), standing=None, entries=entries, appeal=appeal)


def without_names(case: Case, names: Mapping[UserId, Collection[str]]) -> Case:
    """Write ids where the names of people stand."""
    after = case
    for user_id, called in names.items():
        pattern = _pattern(called)
        if pattern is not None:
            after = _unnamed(after, pattern, user_id)
    return after


def erased(before: Case, after: Case, now: datetime) -> Case:
    """Write the next version of a case, from which something was erased."""
    return changed(after, now, None, Change.ERASED) if after != before else before


def _pattern(names: Collection[str]) -> re.Pattern[str] | None:
    """Find any of somebody's names as whole words, however they are capitalised."""
    bare = {_EDGES.sub("", name) for name in names}
    known = {name for name in (*names, *bare) if len(name) >= SHORTEST}
    if not known:
        return None
    longest = sorted(known, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)


def _unnamed(case: Case, pattern: re.Pattern[str], user_id: UserId) -> Case:
    def bare(text: str) -> str:
        return pattern.sub(user_id, text)

    def shown(one: Evidence) -> Evidence:
        # An address with another word in it leads nowhere.
        return replace(one, name=bare(one.name), url="" if pattern.search(one.url) else one.url)

    appeal, standing = case.appeal, case.standing
    return replace(
        case,
        reason=bare(case.reason),
        evidence=tuple(shown(one) for one in case.evidence),
        entries=tuple(replace(entry, text=bare(entry.text)) for entry in case.entries),
        appeal=None if appeal is None else Appeal(bare(appeal.text), appeal.at, appeal.ruling),
        # By it Discord's ban is known again, which still says the name.
        standing=seal(standing) if standing and pattern.search(standing) else standing,
    )
