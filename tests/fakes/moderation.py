"""Cases, Discord's side of sanctions and messages in memory.

The case book is kept honest by tests/integration/stores.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from usher.ids import GuildId, UserId
from usher.moderation.model import Case, MessageRef, Slot, SlotKind
from usher.moderation.ports import Points, StaleError
from usher.moderation.rules import awaits, case_due_at, slot_of

type SlotKey = tuple[GuildId, SlotKind, UserId]


@dataclass
class FakeCases:
    """Implements CaseBook."""

    cases: dict[tuple[GuildId, int], Case] = field(default_factory=dict)
    slots: dict[SlotKey, Slot] = field(default_factory=dict)
    points: dict[tuple[GuildId, UserId], int] = field(default_factory=dict)
    counted: dict[tuple[GuildId, int], Points] = field(default_factory=dict)
    taken: set[tuple[GuildId, int]] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def find(self, guild_id: GuildId, number: int) -> Case | None:
        return self.cases.get((guild_id, number))

    def by_key(self, guild_id: GuildId, key: str) -> Case | None:
        found = [
            one for (guild, _), one in self.cases.items() if guild == guild_id and one.key == key
        ]
        return found[0] if found else None

    def open(self, draft: Case) -> Case:
        with self.lock:
            if (known := self.by_key(draft.guild_id, draft.key)) is not None:
                return known
            number = 1 + sum(guild == draft.guild_id for guild, _ in self.cases)
            case = replace(draft, number=number)
            self.cases[case.guild_id, number] = case
            kind = slot_of(case)
            if kind is not None:
                before = self.slot(case.guild_id, kind, case.user_id)
                if (after := awaits(before, case)) != before:
                    self.slots[case.guild_id, kind, case.user_id] = after
            return case

    def change(self, *cases: Case, slot: Slot | None = None) -> None:
        with self.lock:
            for case in cases:
                known = self.cases.get((case.guild_id, case.number))
                if known is None or known.version != case.version - 1:
                    raise StaleError
            if slot is not None:
                held = self.slot(slot.guild_id, slot.kind, slot.user_id)
                if held.version != slot.version - 1:
                    raise StaleError
                self.slots[slot.guild_id, slot.kind, slot.user_id] = slot
            for case in cases:
                known = self.cases[case.guild_id, case.number]
                self.cases[case.guild_id, case.number] = replace(
                    case, log=known.log, logged=known.logged
                )

    def logged(self, case: Case, message: MessageRef | None) -> bool:
        known = self.cases.get((case.guild_id, case.number))
        if known is None or known.version != case.version:
            return False
        self.cases[case.guild_id, case.number] = replace(
            known, logged=case.version, log=message or known.log
        )
        return True

    def slot(self, guild_id: GuildId, kind: SlotKind, user_id: UserId) -> Slot:
        return self.slots.get((guild_id, kind, user_id), Slot(guild_id, kind, user_id))

    def in_force(self, guild_id: GuildId, kind: SlotKind) -> Sequence[Slot]:
        return [
            slot
            for (guild, of, _), slot in sorted(self.slots.items())
            if (guild, of) == (guild_id, kind) and slot.case is not None
        ]

    def of_member(self, guild_id: GuildId, user_id: UserId) -> Sequence[Case]:
        return [one for one in self.latest(guild_id, None, 10_000) if one.user_id == user_id][:500]

    def latest(self, guild_id: GuildId, before: int | None, limit: int) -> Sequence[Case]:
        found = [
            one
            for (guild, number), one in self.cases.items()
            if guild == guild_id and (before is None or number < before)
        ]
        return sorted(found, key=lambda one: -one.number)[:limit]

    def add_points(self, case: Case) -> Points:
        with self.lock:
            key = (case.guild_id, case.number)
            if key not in self.counted:
                before = self.points.get((case.guild_id, case.user_id), 0)
                self.points[case.guild_id, case.user_id] = before + case.points
                self.counted[key] = Points(before, before + case.points)
            return self.counted[key]

    def take_points(self, case: Case) -> None:
        with self.lock:
            key = (case.guild_id, case.number)
            if key in self.counted and key not in self.taken:
                self.taken.add(key)
                self.points[case.guild_id, case.user_id] -= case.points

    def due(self, now: datetime) -> list[tuple[str, int]]:
        """What the clock would tell of: slots and cases whose time has come."""
        slots = [
            (f"X#{slot.kind.value}#{slot.user_id}", slot.version)
            for slot in self.slots.values()
            if slot.due_at is not None and slot.due_at <= now
        ]
        cases = [
            (f"X#case#{case.number}", case.version)
            for case in self.cases.values()
            if (at := case_due_at(case)) is not None and at <= now
        ]
        return slots + cases
