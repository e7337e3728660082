"""How closely Discord was watched until now: what may not be known of those who joined."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.model import Head

LAG: Final = timedelta(minutes=10)
"""The longest time after which a use is still shown (SPEC 1.2)."""

LAST_LOOK: Final = timedelta(minutes=9, seconds=30)
"""A look so long after a join is the last one for it: the listener makes it after nine and three
quarter minutes, or ten seconds before where one serves several joins."""

PATIENCE: Final = 2 * LAG
"""How long joins wait while looks fail, and the listener is there to make them."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How closely Discord was watched until now, and so what a use that shows now can mean."""

    blind_since: datetime | None = None
    """Since then not everything was shown, or nobody watched; None when that is not so."""
    doubt: datetime | None = None
    """Up to then people joined of whom nobody knows, or who are not thought of any more."""
    awaited: datetime | None = None
    """The earliest join that has no use, and for which no last look was made."""

    def since(self, at: datetime, created_at: datetime | None) -> datetime:
        """Say which joins are too old for a use that shows at `at` and did not before."""
        earliest = min(at, self.blind_since or at) - LAG
        earliest = min(earliest, self.awaited or earliest)
        return earliest if created_at is None else max(earliest, created_at)

    def trusts(self, since: datetime) -> bool:
        """Whether a use made after `since` was made by a join that is known, or will be."""
        return self.doubt is None or since > self.doubt


def watch_of(head: Head, now: datetime, *, gap: bool, awaited: datetime | None = None) -> Watch:
    """Say how closely was watched; `gap`: nobody did since the last look that showed counts."""
    starts = [head.blind_since, (head.looked_at or head.since) if gap else None]
    blind_since = min((start for start in starts if start is not None), default=None)
    ends = [ended for _, ended in head.gaps[-1:]]
    doubts = [*ends, *([now] if gap else []), *([head.forgotten] if head.forgotten else [])]
    return Watch(blind_since, max(doubts, default=None), awaited)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What joins and uses still wait for, as of an observation sealed at `now`."""

    head: Head
    now: datetime

    @property
    def _heard_at(self) -> datetime:
        """The listener's time: it stands still while nobody listens."""
        return self.head.seen_at or self.now

    def is_over(self, joined_at: datetime) -> bool:
        """Whether everything that a join can have left behind has been shown."""
        return joined_at < self.now - LAG and self.was_looked_for(joined_at)

    def was_looked_for(self, joined_at: datetime) -> bool:
        """Whether the last look for the use of a join has been made."""
        shown_at = self.head.shown_at
        return shown_at is not None and joined_at <= shown_at - LAST_LOOK

    def is_given_up(self, joined_at: datetime) -> bool:
        """Whether looks have failed for so long that none is expected to be good any more."""
        starts = [self.head.blind_since] if self.head.blind_since else []
        starts += [ended for _, ended in self.head.gaps[-1:] if self.head.gap]
        return bool(starts) and max([joined_at, *starts]) < self._heard_at - PATIENCE

    def is_young(self, until: datetime) -> bool:
        """Whether the join of a use that was shown then may still be told of."""
        young = self._heard_at - LAG
        starts = [began - LAG for began, ended in self.head.gaps[-1:] if ended >= young]
        return until >= min([young, *starts])
