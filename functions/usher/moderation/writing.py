"""Writes of cases and slots, as actions of a DynamoDB transaction. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.moderation.codec import write_case, write_slot
from usher.moderation.model import Case, MessageRef, Slot, due_key, slot_key
from usher.moderation.rules import case_due_at
from usher.times import format_time
from usher.timing.due import partition, shard_of

type Key = tuple[str, str]
type Attributes = dict[str, dict[str, object]]
"""DynamoDB's own form, for example `{"number": {"N": "3"}}`."""
type Action = dict[str, Any]

DIGITS: Final = 9
KEPT: Final = timedelta(days=7)
"""How long slots, and rows by which the clock comes back to cases, outlive their use."""


def case_key(guild_id: GuildId, number: int) -> Key:
    """Name a case's row."""
    return f"C#{guild_id}", f"CASE#{number:0{DIGITS}}"


def points_key(guild_id: GuildId, user_id: UserId) -> Key:
    """Name the row of a member's points."""
    return f"C#{guild_id}", f"P#{user_id}"


@frozen
class Writes:
    """Writes to one table."""

    table: str
    now: datetime

    def opening(self, case: Case) -> list[Action]:
        """Number a case, and write it."""
        guild, number = f"C#{case.guild_id}", n(case.number)
        values: Attributes = {":number": number}
        condition = "attribute_not_exists(pk)"
        if case.number > 1:
            values[":before"] = n(case.number - 1)
            condition = "#number = :before"
        names = {"#number": "number"}
        written = {"case": s(write_case(case)), "version": n(case.version)}
        return [
            self.update((guild, "COUNTER"), "SET #number = :number", values, names, condition),
            self._new(case_key(case.guild_id, case.number), written),
            self._new((guild, f"KEY#{case.key}"), {"number": number}),
            self._new((guild, f"U#{case.user_id}#{case.number:0{DIGITS}}"), {}),
            self._due(case),
        ]

    def changing(self, case: Case) -> list[Action]:
        """Write a case over the version before."""
        values = {
            ":case": s(write_case(case)),
            ":version": n(case.version),
            ":before": n(case.version - 1),
        }
        changed = self.update(
            case_key(case.guild_id, case.number),
            "SET #case = :case, #version = :version",
            values,
            {"#case": "case", "#version": "version"},
            "#version = :before",
        )
        return [changed, self._due(case)]

    def logging(self, case: Case, message: MessageRef | None) -> list[Action]:
        """Note that this version of a case, `logged` already, stands in the log."""
        values: Attributes = {":version": n(case.version)}
        names = {"#logged": "logged", "#version": "version"}
        change = "SET #logged = :version"
        if message is not None:
            change += ", log_channel = :channel, log_message = :message"
            values |= {":channel": s(message.channel_id), ":message": s(message.message_id)}
        key = case_key(case.guild_id, case.number)
        return [self.update(key, change, values, names, "#version = :version"), self._due(case)]

    def slot(self, slot: Slot) -> Action:
        """Write a slot over the version before; an idle one goes in time.

        Its versions begin anew then, long after everybody who has read one of them is gone.
        """
        key = slot_key(slot.kind, slot.user_id)
        text: Attributes = {"sanction": s(write_slot(slot)), "version": n(slot.version)}
        ends = self.now + KEPT if slot.idle else None
        return self._timed(slot.guild_id, key, (slot.due_at, ends), text, slot.version - 1)

    def _due(self, case: Case) -> Action:
        """Have the clock come back to a case; once that is needless its row goes in time."""
        due_at, written = case_due_at(case), {"version": n(case.version)}
        ends = self.now + KEPT if due_at is None else None
        return self._timed(case.guild_id, due_key(case.number), (due_at, ends), written, None)

    def _timed(
        self,
        guild_id: GuildId,
        key: str,
        times: tuple[datetime | None, datetime | None],
        written: Attributes,
        before: int | None,
    ) -> Action:
        """Write a row that the clock looks at, or does not any more, and that may go at a time."""
        (due_at, ends), gone = times, list[str]()
        given = dict(written)
        if due_at is None:
            gone += ["#due", "#due_at"]
        else:
            given |= {"due": s(partition(shard_of(guild_id))), "due_at": s(format_time(due_at))}
        if ends is None:
            gone.append("#ttl")
        else:
            given["ttl"] = n(int(ends.timestamp()))
        values = {f":{name}": attribute for name, attribute in given.items()}
        sets = [f"#{name} = :{name}" for name in given]
        names = {f"#{name}": name for name in (*written, "due", "due_at", "ttl")}
        removes = f" REMOVE {', '.join(gone)}" if gone else ""
        condition = ""
        if before is not None:
            values[":before"] = n(before)
            condition = "#version = :before" if before else "attribute_not_exists(pk)"
            if not before:
                del values[":before"]
        change = f"SET {', '.join(sets)}{removes}"
        return self.update((f"G#{guild_id}", key), change, values, names, condition)

    def _new(self, key: Key, attributes: Attributes) -> Action:
        item = {"pk": s(key[0]), "sk": s(key[1]), **attributes}
        condition = "attribute_not_exists(pk)"
        put = {"TableName": self.table, "Item": item, "ConditionExpression": condition}
        return {"Put": put}

    def update(
        self,
        key: Key,
        change: str,
        values: Attributes,
        names: Mapping[str, str],
        condition: str,
    ) -> Action:
        """Write an update of one row."""
        request: dict[str, object] = {
            "TableName": self.table,
            "Key": {"pk": s(key[0]), "sk": s(key[1])},
            "UpdateExpression": change,
            "ExpressionAttributeValues": values,
            "ExpressionAttributeNames": names,
        }
        if condition:
            request["ConditionExpression"] = condition
        return {"Update": request}


def s(text: str) -> dict[str, object]:
    """Write a text."""
    return {"S": text}


def n(number: int) -> dict[str, object]:
    """Write a number."""
    return {"N": str(number)}
