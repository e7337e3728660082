"""Cases and slots in the DynamoDB table, without the SDK.

`C#<guild>` holds the counter, `CASE#<number>` a case, `KEY#<key>` the number that something has
opened, `U#<user>#<number>` whose case it is, `P#<user>` warning points. `G#<guild>` holds what the
clock looks at: `X#ban#<user>` and `X#mute#<user>`, the slots, and `X#case#<number>`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from random import SystemRandom
from time import sleep, time
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.moderation.codec import read_case, read_slot
from usher.moderation.model import Case, MessageRef, Slot, SlotKind, slot_key
from usher.moderation.ports import Points, StaleError
from usher.moderation.rules import awaits, slot_of
from usher.moderation.writing import DIGITS, Action, Writes, case_key, n, points_key
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, Key
from usher.platform.signed_http import AwsError

ATTEMPTS: Final = 200
"""Of a case that others number at the same time; at each, one of them gets through."""
PAUSE_SECONDS: Final = 0.01
LONGEST_SECONDS: Final = 0.3
LATEST: Final = 500
"""Cases of a member that are read."""
BATCH: Final = 100
_REFUSED: Final = (
    "ConditionalCheckFailedException",
    "TransactionCanceledException",
    "TransactionConflictException",
)
_JITTER: Final = SystemRandom()


@frozen
class DynamoCases:
    """Implements CaseBook."""

    client: Caller
    name: str
    pause: Callable[[float], None] = sleep
    clock: Callable[[], float] = time

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    @property
    def _writes(self) -> Writes:
        return Writes(self.name, datetime.fromtimestamp(self.clock(), UTC))

    def find(self, guild_id: GuildId, number: int) -> Case | None:
        """Read a case as it is now."""
        item = self._reads.get(case_key(guild_id, number), consistent=True)
        return None if item is None else read_case(item)

    def by_key(self, guild_id: GuildId, key: str) -> Case | None:
        """Read the case that something has opened; None while it has not."""
        item = self._reads.get((f"C#{guild_id}", f"KEY#{key}"), consistent=True)
        return None if item is None else self.find(guild_id, _number(item, "number"))

    def open(self, draft: Case) -> Case:
        """Write a new case under the next number, or find the one of the same key."""
        for attempt in range(ATTEMPTS):
            if (known := self.by_key(draft.guild_id, draft.key)) is not None:
                return known
            counter = self._reads.get((f"C#{draft.guild_id}", "COUNTER"), consistent=True)
            case = replace(draft, number=_number(counter or {}, "number") + 1)
            actions = self._writes.opening(case)
            if (slot := self._awaiting(case)) is not None:
                actions.append(self._writes.slot(slot))
            try:
                self._transact(actions)
            except StaleError:
                longest = min(PAUSE_SECONDS * 2 ** min(attempt, 10), LONGEST_SECONDS)
                self.pause(_JITTER.uniform(0, longest))
            else:
                return case
        raise StaleError

    def change(self, *cases: Case, slot: Slot | None = None) -> None:
        """Write the next versions of cases, and of a slot, all or nothing; raises StaleError."""
        actions = [action for case in cases for action in self._writes.changing(case)]
        if slot is not None:
            actions.append(self._writes.slot(slot))
        self._transact(actions)

    def logged(self, case: Case, message: MessageRef | None) -> bool:
        """Note that a version stands in the log; say whether it is still the latest."""
        try:
            self._transact(self._writes.logging(replace(case, logged=case.version), message))
        except StaleError:
            return False
        return True

    def slot(self, guild_id: GuildId, kind: SlotKind, user_id: UserId) -> Slot:
        """Read a slot as it is now; an empty one where there was never any."""
        item = self._reads.get((f"G#{guild_id}", slot_key(kind, user_id)), consistent=True)
        return read_slot(guild_id, kind, user_id, item)

    def in_force(self, guild_id: GuildId, kind: SlotKind) -> Sequence[Slot]:
        """Read slots with something in force, as many as one request reads."""
        prefix = f"X#{kind.value}#"
        rows, _ = self._reads.first(f"G#{guild_id}", prefix, ("version", "sanction"))
        slots = [
            read_slot(guild_id, kind, UserId(str(row["sk"]).removeprefix(prefix)), row)
            for row in rows
        ]
        return [slot for slot in slots if slot.case is not None]

    def of_member(
        self, guild_id: GuildId, user_id: UserId, before: int | None = None
    ) -> Sequence[Case]:
        """Read a member's cases with smaller numbers, newest first, at most 500."""
        rows = self._newest(guild_id, f"U#{user_id}#", before, LATEST)
        numbers = [int(str(row["sk"]).rpartition("#")[2]) for row in rows]
        keys = [case_key(guild_id, number) for number in numbers]
        found: dict[Key, Item] = {}
        for start in range(0, len(keys), BATCH):
            found |= self._reads.get_many(keys[start : start + BATCH])
        return [read_case(found[key]) for key in keys if key in found]

    def latest(self, guild_id: GuildId, before: int | None, limit: int) -> Sequence[Case]:
        """Read a guild's cases with smaller numbers, newest first."""
        return [read_case(row) for row in self._newest(guild_id, "CASE#", before, limit)]

    def add_points(self, case: Case) -> Points:
        """Count a warning's points, once; again returns what was so the first time."""
        key, total = points_key(case.guild_id, case.user_id), "if_not_exists(points, :zero) + :more"
        update = self._writes.update(
            key,
            # Both see the row as it was before: the case keeps the total that it made.
            f"SET points = {total}, #case = {total}",
            {":zero": n(0), ":more": n(case.points)},
            {"#case": f"c{case.number}"},
            "attribute_not_exists(#case)",
        )
        with suppress(StaleError):
            self._update(update)
        row = self._reads.get(key, consistent=True) or {}
        after = _number(row, f"c{case.number}")
        return Points(after - case.points, after)

    def take_points(self, case: Case) -> None:
        """Count a warning's points no more; again, or for one never counted, changes nothing."""
        update = self._writes.update(
            points_key(case.guild_id, case.user_id),
            "SET points = points - :less, #taken = :less",
            {":less": n(case.points)},
            {"#case": f"c{case.number}", "#taken": f"t{case.number}"},
            "attribute_exists(#case) AND attribute_not_exists(#taken)",
        )
        with suppress(StaleError):
            self._update(update)

    def count_report(self, guild_id: GuildId, user_id: UserId, now: datetime) -> int:
        """Count a report of a member's; return how many they sent within the clock hour."""
        key = (f"C#{guild_id}", f"REPORTS#{user_id}#{now:%Y%m%d%H}")
        values = {":one": n(1), ":ttl": n(int(now.timestamp()) + 86_400)}
        names = {"#reports": "reports", "#ttl": "ttl"}
        change = "SET #ttl = :ttl ADD #reports :one"
        self._update(self._writes.update(key, change, values, names, ""))
        return _number(self._reads.get(key, consistent=True) or {}, "reports")

    def _awaiting(self, case: Case) -> Slot | None:
        """Write the slot that a case is about to change; None where that changes nothing."""
        kind = slot_of(case)
        if kind is None:
            return None
        before = self.slot(case.guild_id, kind, case.user_id)
        after = awaits(before, case)
        return None if after == before else after

    def _newest(
        self, guild_id: GuildId, prefix: str, before: int | None, limit: int
    ) -> Iterator[Item]:
        last = 10**DIGITS - 1 if before is None else max(before - 1, 0)
        bounds = (f"{prefix}{0:0{DIGITS}}", f"{prefix}{last:0{DIGITS}}")
        found = self._reads.some(f"C#{guild_id}", *bounds, limit, newest=True, consistent=True)
        return iter(found)

    def _update(self, action: Action) -> None:
        with _stale():
            self.client.call("UpdateItem", action["Update"])

    def _transact(self, actions: Iterable[Mapping[str, object]]) -> None:
        with _stale():
            self.client.call("TransactWriteItems", {"TransactItems": list(actions)})


@contextmanager
def _stale() -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        if error.code in _REFUSED:
            raise StaleError from error
        raise


def _number(item: Mapping[str, object], name: str) -> int:
    value = item.get(name)
    return value if isinstance(value, int) else 0
