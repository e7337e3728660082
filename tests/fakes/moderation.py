"""Cases, Discord's side of sanctions and messages in memory.

The case book is kept honest by tests/integration/stores.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from usher.ids import ChannelId, GuildId, UserId
from usher.ledger.keys import evidence_key
from usher.moderation.model import Case, Evidence, MessageRef, Slot, SlotKind
from usher.moderation.ports import (
    Account,
    ActError,
    Banned,
    Found,
    LimitedError,
    MissingError,
    Points,
    StaleError,
    WrongError,
)
from usher.moderation.rules import awaits, case_due_at, slot_of
from usher.rewards.hierarchy import Hall

type SlotKey = tuple[GuildId, SlotKind, UserId]


@dataclass
class FakeCases:
    """Implements CaseBook."""

    cases: dict[tuple[GuildId, int], Case] = field(default_factory=dict)
    slots: dict[SlotKey, Slot] = field(default_factory=dict)
    points: dict[tuple[GuildId, UserId], int] = field(default_factory=dict)
    counted: dict[tuple[GuildId, int], Points] = field(default_factory=dict)
    taken: set[tuple[GuildId, int]] = field(default_factory=set)
    reports: Counter[tuple[GuildId, UserId, str]] = field(default_factory=Counter)
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

    def forget(self) -> None:
        """Let the table do away with what is idle."""
        self.slots = {key: slot for key, slot in self.slots.items() if not slot.idle}

    def in_force(self, guild_id: GuildId, kind: SlotKind) -> Sequence[Slot]:
        return [
            slot
            for (guild, of, _), slot in sorted(self.slots.items())
            if (guild, of) == (guild_id, kind) and slot.case is not None
        ]

    def of_member(
        self, guild_id: GuildId, user_id: UserId, before: int | None = None
    ) -> Sequence[Case]:
        found = self.latest(guild_id, before, 10_000)
        return [one for one in found if one.user_id == user_id][:500]

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

    def count_report(self, guild_id: GuildId, user_id: UserId, now: datetime) -> int:
        key = (guild_id, user_id, f"{now:%Y%m%d%H}")
        self.reports[key] += 1
        return self.reports[key]

    def due(self, now: datetime) -> list[tuple[str, datetime]]:
        """What the clock would tell of: slots and cases whose time has come, oldest first."""
        slots = [
            (f"X#{slot.kind.value}#{slot.user_id}", slot.due_at) for slot in self.slots.values()
        ]
        cases = [(f"X#case#{case.number}", case_due_at(case)) for case in self.cases.values()]
        found = [(key, at) for key, at in slots + cases if at is not None and at <= now]
        return sorted(found, key=lambda one: one[1])

    def times(self) -> list[datetime]:
        """When the clock has something to tell."""
        return [at for _, at in self.due(datetime.max.replace(tzinfo=UTC))]


@dataclass
class FakeFiles:
    """Implements Files: of what Discord has, copies are kept."""

    there: set[str] = field(default_factory=set)
    """Addresses at which Discord has a file."""
    copies: set[str] = field(default_factory=set)

    def keep(self, guild_id: GuildId, user_id: UserId, evidence: Evidence) -> Evidence:
        if not evidence.attachment or evidence.url not in self.there:
            return evidence
        key = evidence_key(guild_id, user_id, evidence.attachment)
        self.copies.add(key)
        return replace(evidence, copy=key)

    def link(self, evidence: Evidence) -> str | None:
        return f"https://bucket.example/{evidence.copy}" if evidence.copy in self.copies else None


@dataclass
class FakeDesk:
    """Implements moderation's Discord and Post, in one guild."""

    halls: Hall | None
    clock: Callable[[], datetime]
    members: dict[UserId, Found] = field(default_factory=dict)
    bans: dict[UserId, str] = field(default_factory=dict)
    bots: set[UserId] = field(default_factory=set)
    unknown: set[UserId] = field(default_factory=set)
    closed: set[UserId] = field(default_factory=set)
    limited: set[ChannelId] = field(default_factory=set)
    silent: set[ChannelId] = field(default_factory=set)
    refuses: ActError | None = None
    """What sanctions meet with."""
    messages: dict[tuple[ChannelId, str], Mapping[str, object]] = field(default_factory=dict)
    nonces: dict[tuple[ChannelId, str], tuple[str, datetime]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        del guild_id, fresh
        return self.halls

    def member(self, guild_id: GuildId, user_id: UserId) -> Found | None:
        del guild_id
        return self.members.get(user_id)

    def account(self, user_id: UserId) -> Account | None:
        if user_id in self.unknown:
            return None
        return Account(user_id, f"user{user_id}", user_id in self.bots)

    def banned(self, guild_id: GuildId, user_id: UserId) -> Banned | None:
        del guild_id
        return Banned(self.bans[user_id]) if user_id in self.bans else None

    def ban(self, guild_id: GuildId, user_id: UserId, delete_seconds: int, reason: str) -> None:
        del guild_id, delete_seconds
        self._act(f"ban {user_id}")
        self.bans.setdefault(user_id, reason)
        self.members.pop(user_id, None)

    def ban_many(
        self, guild_id: GuildId, users: Collection[UserId], delete_seconds: int, reason: str
    ) -> frozenset[UserId]:
        # Discord counts who is banned already among those who were not.
        fresh = [user for user in users if user not in self.unknown and user not in self.bans]
        for user in fresh:
            self.ban(guild_id, user, delete_seconds, reason)
        return frozenset(users) - frozenset(fresh)

    def unban(self, guild_id: GuildId, user_id: UserId, reason: str) -> bool:
        del guild_id, reason
        self._act(f"unban {user_id}")
        return self.bans.pop(user_id, None) is not None

    def kick(self, guild_id: GuildId, user_id: UserId, reason: str) -> None:
        del guild_id, reason
        self._act(f"kick {user_id}")
        if self.members.pop(user_id, None) is None:
            raise MissingError

    def mute(self, guild_id: GuildId, user_id: UserId, until: datetime | None, reason: str) -> None:
        del guild_id, reason
        self._act(f"mute {user_id}")
        if until is not None and until > self.clock() + timedelta(days=28):
            raise WrongError
        if user_id not in self.members:
            raise MissingError
        self.members[user_id] = replace(self.members[user_id], muted_until=until)

    def _act(self, said: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.acts.append(said)

    def tell(self, user_id: UserId, body: Mapping[str, object], nonce: str) -> MessageRef | None:
        if user_id in self.closed or user_id not in self.members:
            return None
        return self._send(self.box(user_id), body, nonce)

    def told(self, user_id: UserId, mark: str) -> MessageRef | None:
        return self.posted(self.box(user_id), mark)

    def post(
        self, channel_id: ChannelId, body: Mapping[str, object], nonce: str
    ) -> MessageRef | None:
        if channel_id in self.limited:
            raise LimitedError(5.0)
        return None if channel_id in self.silent else self._send(channel_id, body, nonce)

    def posted(self, channel_id: ChannelId, mark: str) -> MessageRef | None:
        for (channel, message), body in self.messages.items():
            if channel == channel_id and mark in str(body["embeds"]):
                return MessageRef(channel, message)
        return None

    def edit(self, message: MessageRef, body: Mapping[str, object]) -> bool:
        key = (message.channel_id, message.message_id)
        if key not in self.messages:
            return False
        self.messages[key] = body
        return True

    def delete(self, message: MessageRef) -> None:
        self.messages.pop((message.channel_id, message.message_id), None)

    def box(self, user_id: UserId) -> ChannelId:
        """A user's direct messages."""
        return ChannelId(f"dm{user_id}")

    def shown(self, channel_id: ChannelId) -> list[str]:
        """What a channel shows, as text."""
        return [str(body) for (channel, _), body in self.messages.items() if channel == channel_id]

    def _send(self, channel_id: ChannelId, body: Mapping[str, object], nonce: str) -> MessageRef:
        """As Discord does: the same nonce within some minutes is the same message."""
        known, at = self.nonces.get((channel_id, nonce), ("", self.clock()))
        if known and self.clock() - at < timedelta(minutes=2):
            return MessageRef(channel_id, known)
        number = str(1000 + len(self.nonces) + len(self.messages))
        self.messages[channel_id, number] = body
        self.nonces[channel_id, nonce] = number, self.clock()
        return MessageRef(channel_id, number)
