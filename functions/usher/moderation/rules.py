"""How cases and slots change. Pure (SPEC 7.2, 7.5).

Of two cases about one slot the higher number is the newer. A case that is settled late changes
nothing that a newer one has put in force.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId
from usher.moderation.model import (
    DONE_IN_DISCORD,
    LASTING,
    SLOTS,
    Case,
    Change,
    Entry,
    Kind,
    Slot,
    SlotKind,
    Status,
    Told,
)

SETTLED_AFTER: Final = timedelta(minutes=2)
"""When a case that is still pending is compared with Discord: by then nobody works on it."""
NATIVE: Final = timedelta(days=27)
"""How much of a mute Discord is asked for at a time: it takes 28 days and not a second more."""
SLACK: Final = timedelta(days=21)
"""What of it is left when more is asked for."""
WORTH_IT: Final = timedelta(seconds=60)
"""A mute with less left is not given again to who comes back."""
MOST_ENTRIES: Final = 200
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)


def changed(
    case: Case, at: datetime, by: UserId | None, change: Change, text: str = "", **fields: object
) -> Case:
    """Write the next version of a case, with what happened."""
    entry = Entry(at, by, change, text)
    entries = (*case.entries, entry)[-MOST_ENTRIES:]
    # dataclasses.replace cannot be typed for names that are not known here.
    return replace(case, version=case.version + 1, entries=entries, **fields)  # type: ignore[arg-type]


def slot_of(case: Case) -> SlotKind | None:
    """Tell which slot a case changes; None for none."""
    return SLOTS.get(case.kind)


def awaits(slot: Slot, case: Case) -> Slot:
    """Note that a case is about to change a slot: nothing older ends it meanwhile."""
    if slot.pending is not None and slot.pending > case.number:
        return slot
    return replace(slot, version=slot.version + 1, pending=case.number)


@frozen
class Settled:
    """A slot after a case is known to be done, or not to be."""

    slot: Slot
    replaced: int | None = None
    """The case that is in force no more."""
    outdated: bool = False
    """A newer case is in force: this one is over before it began."""


def settled(slot: Slot, case: Case, *, done: bool) -> Settled:
    """Say what is in force once a case is settled."""
    pending = None if slot.pending == case.number else slot.pending
    same = replace(slot, version=slot.version + 1, pending=pending)
    if not done:
        return Settled(same)
    if slot.case is not None and slot.case > case.number:
        # What was done late in Discord may have undone the newer mute: it is looked at at once.
        again = case.at if slot.kind is SlotKind.MUTE else slot.retry_at
        return Settled(replace(same, retry_at=again), outdated=True)
    if slot.case == case.number:
        return Settled(same)
    lasting = case.kind in LASTING
    after = replace(
        same,
        case=case.number if lasting else None,
        until=case.until if lasting else None,
        renew_at=renew_at(case) if lasting else None,
        tries=0,
        retry_at=None,
    )
    return Settled(after, replaced=slot.case)


def emptied(slot: Slot) -> Slot:
    """Write a slot in which nothing is in force any more."""
    return replace(
        slot,
        version=slot.version + 1,
        case=None,
        until=None,
        renew_at=None,
        tries=0,
        retry_at=None,
    )


def native_until(until: datetime | None, now: datetime) -> datetime:
    """Until when Discord is asked to mute somebody whose mute ends at `until`."""
    most = now + NATIVE
    return most if until is None else min(until, most)


def renew_at(case: Case) -> datetime | None:
    """When Discord is to be asked for more of a mute that has just begun; None for never."""
    if case.kind is not Kind.MUTE:
        return None
    return renewed_at(case.until, case.at)


def renewed_at(until: datetime | None, now: datetime) -> datetime | None:
    """When to ask again after having asked at `now`; None where that was enough."""
    if until is not None and until <= now + NATIVE:
        return None
    return now + NATIVE - SLACK


def with_renewal(slot: Slot, at: datetime | None) -> Slot:
    """Write when Discord is to be asked again, now that it was asked."""
    return replace(slot, version=slot.version + 1, renew_at=at, tries=0, retry_at=None)


def postponed(slot: Slot, now: datetime) -> Slot:
    """Try again later, after a pause that grows."""
    pause = min(FIRST_PAUSE * 2 ** min(slot.tries, 10), LONGEST_PAUSE)
    return replace(slot, version=slot.version + 1, tries=slot.tries + 1, retry_at=now + pause)


def case_due_at(case: Case) -> datetime | None:
    """When the clock comes back to a case; None where nothing is left to do.

    A case that is pending, or of which the log shows an older version, is looked at.
    """
    if case.status is Status.PENDING or case.logged < case.version:
        last = case.entries[-1].at if case.entries else case.at
        return last + SETTLED_AFTER
    return None


def acts(kind: Kind) -> bool:
    """Whether a case of a kind is done in Discord, and so may fail there."""
    return kind in DONE_IN_DISCORD


def counts(case: Case, now: datetime) -> bool:
    """Whether a warning still counts."""
    return (
        case.kind is Kind.WARN
        and case.status is Status.ACTIVE
        and (case.until is None or case.until > now)
    )


def in_force(case: Case, now: datetime) -> bool:
    """Whether a case says how things are now."""
    if case.status is not Status.ACTIVE:
        return False
    return case.until is None or case.until > now


def theirs_to_see(case: Case) -> bool:
    """Whether a case is shown to whom it is about: not moderators' notes, nor what never was."""
    return case.kind is not Kind.NOTE and case.status not in (Status.FAILED, Status.PENDING)


def seal(reason: str) -> str:
    """Write the reason of a ban so that it is known again, and cannot be read."""
    return f"sha256:{sha256(reason.encode()).hexdigest()}"


def is_ban_of(case: Case, reason: str) -> bool:
    """Whether a ban that Discord has for a reason is a case's own; unknown counts as yes."""
    return case.standing in (None, reason, seal(reason))


def told_beforehand(case: Case) -> bool:
    """Whether a message may be on its way that has to be taken back if the case fails."""
    return case.told in (Told.NOT_YET, Told.YES)
