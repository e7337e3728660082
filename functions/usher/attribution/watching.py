"""How closely Discord was watched until now: what may not be known of those who joined."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.model import Head

LAG: Final = timedelta(minutes=10)
"""The longest time after which a use is still shown (SPEC 1.2)."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How closely Discord was watched until now, and so what a use that shows now can mean."""

    blind_since: datetime | None = None
    """Since then not everything was shown, or nobody watched; None when that is not so."""
    doubt: datetime | None = None
    """Up to then people joined of whom nobody knows, or who are not thought of any more."""

    def since(self, at: datetime, created_at: datetime | None) -> datetime:
        """Say which joins are too old for a use that shows at `at` and did not before."""
        earliest = min(at, self.blind_since or at) - LAG
        return earliest if created_at is None else max(earliest, created_at)

    def trusts(self, since: datetime) -> bool:
        """Whether a use made after `since` was made by a join that is known, or will be."""
        return self.doubt is None or since > self.doubt


def watch_of(head: Head, now: datetime, *, gap: bool) -> Watch:
    """Say how closely was watched; `gap`: nobody did since the last look that showed counts."""
    starts = [head.blind_since, (head.looked_at or head.since) if gap else None]
    blind_since = min((start for start in starts if start is not None), default=None)
    ends = [ended for _, ended in head.gaps[-1:]]
    doubts = [*ends, *([now] if gap else []), *([head.forgotten] if head.forgotten else [])]
    return Watch(blind_since, max(doubts, default=None))
