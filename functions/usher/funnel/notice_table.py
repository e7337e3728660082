"""The row of what a guild's admins are to be told, in the DynamoDB table, without the SDK."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.funnel.model import Journey, SignalKind, journey_id
from usher.funnel.notices import FIRST, Notice, is_new, numbers_of, owes
from usher.funnel.rows import HOLDS, member_rows
from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.platform.signed_http import AwsError
from usher.referrals.ports import StaleError
from usher.times import format_time, parse_time
from usher.timing.due import partition, shard_of

_REFUSED: Final = ("ConditionalCheckFailedException", "TransactionConflictException")
_NUMBERS: Final = ("held", "taken", *(kind.value for kind in SignalKind))

type _Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class DynamoNotices:
    """Implements NoticeRows."""

    client: Caller
    name: str

    def notice(self, guild_id: GuildId) -> Notice | None:
        """Read what is to be told; None where nobody is to be told anything."""
        reads = DynamoReads(self.client, self.name)
        row = reads.get((member_rows(guild_id), HOLDS), consistent=True)
        return None if row is None else _notice(row)

    def waiting(self, guild_id: GuildId) -> int:
        """Count the conversions that wait for a review."""
        request: dict[str, object] = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :held)",
            "ExpressionAttributeValues": {
                ":pk": {"S": member_rows(guild_id)},
                ":held": {"S": "HELD#"},
            },
            "ProjectionExpression": "sk",
            "ConsistentRead": True,
        }
        return sum(1 for _ in DynamoReads(self.client, self.name).pages(request))

    def told(
        self, guild_id: GuildId, notice: Notice, told_at: datetime | None, due_at: datetime
    ) -> None:
        """Take off what was told, and have the row looked at again."""
        sets = ["due_at = :next"]
        values: _Values = {":next": {"S": format_time(due_at)}}
        if told_at is not None:
            sets.append("told_at = :told")
            values[":told"] = {"S": format_time(told_at)}
        change = f"SET {', '.join(sets)}"
        if told_at is not None:
            change += _less(notice, values)
        self._update(guild_id, notice, change, values, "due_at = :due")

    def over(self, guild_id: GuildId, notice: Notice) -> None:
        """Forget the row's time and what it would tell, unless something was held meanwhile."""
        values: _Values = {":held": _number(notice.held)}
        change = f"REMOVE due, due_at, told_at, links, #{', #'.join(_NUMBERS)}"
        same = "held = :held" if notice.held else "(attribute_not_exists(held) OR held = :held)"
        self._update(guild_id, notice, change, values, f"due_at = :due AND {same}")

    def _update(
        self, guild_id: GuildId, notice: Notice, change: str, values: _Values, condition: str
    ) -> None:
        names = {f"#{name}": name for name in _NUMBERS if f"#{name}" in change}
        request: dict[str, object] = {
            "TableName": self.name,
            "Key": _key(guild_id),
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values | {":due": {"S": format_time(notice.due_at)}},
        }
        if names:
            request["ExpressionAttributeNames"] = names
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code in _REFUSED:
                raise StaleError from error
            raise


def noted(table: str, before: Journey, after: Journey) -> Iterable[dict[str, object]]:
    """Write what a journey's change adds to the row, for the transaction that changes it."""
    sets: list[str] = []
    adds: list[str] = []
    gone: list[str] = []
    names: dict[str, str] = {}
    values: _Values = {}
    if is_new(before, after):
        for name, number in numbers_of(after).items():
            names[f"#{name}"] = name
            adds.append(f"#{name} :{name}")
            values[f":{name}"] = _number(number)
        if after.place is not None:
            adds.append("links :links")
            values[":links"] = {"SS": [after.place.link]}
    if owes(before) != owes(after):
        (adds if owes(after) else gone).append("owing :owing")
        values[":owing"] = {"SS": [journey_id(after)]}
    won = after.conversion
    if adds and won is not None:
        held_at = won.held_at or won.at
        sets = [
            "due = if_not_exists(due, :shard)",
            "due_at = if_not_exists(due_at, :at)",
        ]
        values[":shard"] = {"S": partition(shard_of(after.guild_id))}
        values[":at"] = {"S": format_time(held_at + FIRST)}
    parts = (("SET", sets), ("ADD", adds), ("DELETE", gone))
    change = " ".join(f"{verb} {', '.join(each)}" for verb, each in parts if each)
    if not change:
        return
    update: dict[str, object] = {
        "TableName": table,
        "Key": _key(after.guild_id),
        "UpdateExpression": change,
        "ExpressionAttributeValues": values,
    }
    yield {"Update": update | ({"ExpressionAttributeNames": names} if names else {})}


def _less(notice: Notice, values: _Values) -> str:
    """Write that numbers and links are less by what was read."""
    numbers = {"held": notice.held, "taken": notice.taken}
    numbers |= {kind.value: number for kind, number in notice.kinds.items()}
    adds = []
    for name, number in numbers.items():
        if number:
            adds.append(f"#{name} :{name}")
            values[f":{name}"] = _number(-number)
    if notice.links:
        values[":links"] = {"SS": sorted(notice.links)}
    change = f" ADD {', '.join(adds)}" if adds else ""
    return change + (" DELETE links :links" if notice.links else "")


def _notice(row: Item) -> Notice | None:
    due_at, told_at = row.get("due_at"), row.get("told_at")
    if not isinstance(due_at, str):
        return None
    kinds = {kind: number for kind in SignalKind if (number := _count(row.get(kind.value)))}
    return Notice(
        due_at=parse_time(due_at),
        held=_count(row.get("held")),
        taken=_count(row.get("taken")),
        kinds=kinds,
        links=_texts(row.get("links")),
        owing=_texts(row.get("owing")),
        told_at=parse_time(told_at) if isinstance(told_at, str) else None,
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _texts(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, frozenset) else frozenset()


def _number(number: int) -> dict[str, str]:
    return {"N": str(number)}


def _key(guild_id: GuildId) -> dict[str, object]:
    return {"pk": {"S": member_rows(guild_id)}, "sk": {"S": HOLDS}}
