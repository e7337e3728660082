"""What moderators do in Discord itself, put on record as cases (SPEC 7.2).

The audit log says who did what; a ban or its end that comes without an entry, since Usher may not
see the log, is looked at a little later: if what is on record explains it, it is no news.
"""

from dataclasses import dataclass
from typing import Final

from usher.contracts.case_effects import NoteByHand
from usher.moderation.guard import permissions_of
from usher.moderation.model import Case, Kind, Slot, Source, Status, Told
from usher.moderation.rules import is_ban_of, slot_of
from usher.moderation.service import Sanctions
from usher.rewards.hierarchy import Hall
from usher.slash.permissions import Permission
from usher.times import parse_time

VIEW_AUDIT_LOG: Final = 1 << 7
KINDS: Final = frozenset({Kind.KICK, Kind.BAN, Kind.UNBAN, Kind.MUTE, Kind.UNMUTE})


@dataclass(frozen=True, slots=True)
class ByHand:
    """Records what was done without Usher."""

    sanctions: Sanctions

    def note(self, order: NoteByHand) -> None:
        """Record one act, once; raises ActError and errors of the table."""
        hall = self.sanctions.discord.hall(order.guild_id)
        if hall is None or order.by == hall.own_id or order.what not in KINDS:
            return
        if order.by is None and _sees_log(hall):
            return  # its entry tells of it
        case = self._draft(order)
        kind = slot_of(case)
        slot = None
        if kind is not None:
            slot = self.sanctions.book.slot(order.guild_id, kind, order.user_id)
        if order.by is None and (slot is None or self._is_known(case, slot)):
            return
        case = self.sanctions.book.open(case)
        if case.status is not Status.PENDING:
            return
        if case.kind is Kind.BAN:
            case = self.sanctions.recognised(case)
        self.sanctions.settle(case, done=True)

    def _draft(self, order: NoteByHand) -> Case:
        return Case(
            guild_id=order.guild_id,
            number=0,
            key=order.id,
            kind=Kind(order.what),
            user_id=order.user_id,
            by=order.by,
            reason=order.reason,
            at=parse_time(order.at),
            source=Source.BY_HAND,
            until=None if order.until is None else parse_time(order.until),
            told=Told.OFF,
        )

    def _is_known(self, case: Case, slot: Slot) -> bool:
        """Whether what is on record agrees with what Discord has."""
        if slot.pending is not None:
            return True
        held = self.sanctions.discord.banned(case.guild_id, case.user_id)
        if held is None:
            return slot.case is None or case.kind is Kind.BAN
        if case.kind is Kind.UNBAN:
            return True
        known = None if slot.case is None else self.sanctions.book.find(case.guild_id, slot.case)
        return known is not None and is_ban_of(known, held.reason)


def _sees_log(hall: Hall) -> bool:
    """Whether audit log entries are told to Usher."""
    held = permissions_of(hall, hall.own_roles)
    return held is not None and bool(held & (VIEW_AUDIT_LOG | Permission.ADMINISTRATOR))
