"""Members' records and the inviters' counters, a view over the ledger. Pure (SPEC 2.1).

A member has at most one live credit; `booked` says that the inviter in the record holds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.credit.queries import Tally
from usher.ids import InviteCode, RoleId, UserId

CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""A leave observed this long before the membership began belongs to an earlier one; Discord's clock
gives the join, the listener's the leave."""

SAME_LEAVE: Final = timedelta(minutes=1)
"""Two listeners report one leave within this time."""

ALL_TIME: Final = "all"

KEEP_PERIODS: Final = timedelta(days=90)
"""How long counters of a day or a week outlive it."""


@dataclass(frozen=True, slots=True)
class Past:
    """A membership before the latest, where it is not credited as one that ended plainly is."""

    joined_at: datetime
    fake: bool
    untracked: bool


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """The latest membership of a user in a guild."""

    joined_at: datetime
    left_at: datetime | None
    """None while present."""
    word: Word
    epochs: int = 1
    """Joins seen, this one included."""
    booked: bool = False
    """The inviter's credit for it is live."""
    cause: Cause | None = None
    """Why it ended; None while present."""
    removed_by: UserId | None = None
    """Who kicked, banned or pruned them, where that is known."""
    verdict: tuple[str, ...] = ()
    """The rules by which it is fake; none when it is not (`usher.credit.fake`)."""
    untracked: bool = False
    """It began while tracking was off: it is credited to nobody."""
    has_avatar: bool | None = None
    """Whether they had an avatar of their own when they joined."""
    returned: bool = False
    """They had been a member before."""
    lacks: RoleId | None = None
    """The required role that they were last seen without."""
    earlier: tuple[Past, ...] = ()
    """Memberships before it that a late word may still move."""


@dataclass(frozen=True, slots=True)
class Members:
    """Member records: `before` this observation, and as they are `now`.

    They differ only where an earlier try at this observation broke off in the middle of a burst.
    """

    before: Mapping[UserId, MemberRecord]
    now: Mapping[UserId, MemberRecord]


@dataclass(frozen=True, slots=True)
class Change:
    """What one line adds to the counters of an inviter and a code."""

    inviter_id: UserId | None
    moment: datetime | None
    """It counts in the periods that hold this too; None for all time alone."""
    tally: Tally
    code: InviteCode | None = None
    booked_at: datetime | None = None
    """When the line was written: what has been swept away by then is not counted in again."""


@dataclass(frozen=True, slots=True)
class Booking:
    """The record after a line, and the changes it makes."""

    record: MemberRecord | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """One row of counters: an inviter in a period, `all`, `day#2026-11-20` or `week#2026-W47`."""

    inviter_id: UserId
    period: str
    ends: datetime | None
    """End of the period; None for all time."""


def inviter_of(word: Word | None) -> UserId | None:
    """Whose credit a join is; nobody's unless attributed."""
    if word is None or word.outcome is not OutcomeName.ATTRIBUTED:
        return None
    return word.inviter_id


def code_of(word: Word | None) -> InviteCode | None:
    """By which single code a join was; none unless attributed to it."""
    if word is None or word.outcome is not OutcomeName.ATTRIBUTED:
        return None
    return word.code


def ended_by(record: MemberRecord | None, at: datetime) -> MemberRecord | None:
    """Which known membership a leave ends; None when that one is not known."""
    if record is None or at < record.joined_at - CLOCKS_DIFFER:
        return None
    if record.left_at is not None and at > record.left_at + SAME_LEAVE:
        return None  # the member came back unseen
    return record


def counters(changes: Iterable[Change]) -> dict[Counter, Tally]:
    """Sum changes up by inviter and period, leaving out what cancels."""
    sums: dict[Counter, Tally] = {}
    for change in changes:
        if change.inviter_id is None:
            continue
        for period, ends in _periods(change):
            counter = Counter(change.inviter_id, period, ends)
            sums[counter] = sums.get(counter, Tally()) + change.tally
    return {counter: tally for counter, tally in sums.items() if tally != Tally()}


def _periods(change: Change) -> Iterable[tuple[str, datetime | None]]:
    """Name the periods whose counters a change concerns, with their ends."""
    yield ALL_TIME, None
    if change.moment is None:
        return
    midnight = change.moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    year, week, weekday = midnight.isocalendar()
    for period, ends in (
        (f"day#{midnight.date().isoformat()}", midnight + timedelta(days=1)),
        (f"week#{year}-W{week:02}", midnight + timedelta(days=8 - weekday)),
    ):
        if change.booked_at is None or change.booked_at < ends + KEEP_PERIODS:
            yield period, ends
