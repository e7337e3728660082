"""Rewards in the DynamoDB table, without the SDK: the effects function's side.

It writes rows of its own and nothing of attribution and credit; its role grants the attributes
named in `WRITTEN` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from json import dumps, loads
from typing import Final

from usher.credit.queries import Period, Tally
from usher.credit.reads import board_name, tally_of
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.rewards.milestones import Day
from usher.rewards.ports import Inviters
from usher.rewards.problems import Problem
from usher.rewards.rows import (
    CHECK,
    RANK,
    SETTINGS,
    achieved_prefix,
    guild_key,
    mended_before,
    problem_of,
    settings_of,
)
from usher.rewards.settings import LONG_AGO, RewardSettings
from usher.times import format_time
from usher.timing.due import partition, shard_of

WRITTEN: Final = (
    "pk", "sk", "achieved_at", "due", "due_at", "problem", "mended", "tries", "told", "retired",
    "user_id",
)  # fmt: skip
"""Attributes that are written here (template.yaml: EffectsRole)."""
_PROBLEM: Final = ("problem", "tries", "told", "retired", "user_id")


@dataclass(frozen=True, slots=True)
class DynamoRewardRows:
    """Implements Rows. Every method may raise AwsError."""

    client: Caller
    table: str

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.table)

    def settings(self, guild_id: GuildId) -> RewardSettings:
        """Read what the guild has set."""
        key = guild_key(guild_id)
        return settings_of(row for prefix in SETTINGS for row in self._reads.under(key, prefix))

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally | None:
        """Read a member's counters of all time; None for who has none."""
        row = self._reads.get((guild_key(guild_id), f"C#{user_id}"), consistent=True)
        return None if row is None else tally_of(row)

    def days(self, guild_id: GuildId, user_id: UserId) -> Sequence[Day]:
        """Read a member's counters of the last months' days."""
        prefix = f"C#{user_id}#day#"
        rows = self._reads.under(guild_key(guild_id), prefix)
        return [
            Day(date.fromisoformat(str(row["sk"]).removeprefix(prefix)), tally_of(row))
            for row in rows
        ]

    def inviters(self, guild_id: GuildId, after: str | None, limit: int) -> Inviters:
        """Read who has counters, the highest first; eventually consistent."""
        request: dict[str, object] = {
            "TableName": self.table,
            "IndexName": "board",
            "KeyConditionExpression": "#board = :board",
            "ExpressionAttributeNames": {"#board": "board"},
            "ExpressionAttributeValues": {
                ":board": {"S": board_name(guild_id, Period.ALL, LONG_AGO)}
            },
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is not None:
            request["ExclusiveStartKey"] = loads(after)
        answer = self.client.call("Query", request)
        rows, last = answer.get("Items"), answer.get("LastEvaluatedKey")
        keys = [row["sk"]["S"] for row in rows] if isinstance(rows, list) else []
        users = tuple(UserId(key.removeprefix("C#")) for key in keys)
        return Inviters(users, dumps(last, separators=(",", ":")) if last else None)

    def achieved(self, guild_id: GuildId, user_id: UserId) -> frozenset[str]:
        """Read which milestones of a member are recorded, by name."""
        prefix = achieved_prefix(user_id)
        rows = self._reads.under(guild_key(guild_id), prefix)
        return frozenset(str(row["sk"]).removeprefix(prefix) for row in rows)

    def record(self, guild_id: GuildId, user_id: UserId, name: str, at: datetime) -> None:
        """Record a milestone; the first time stands."""
        value = f"if_not_exists(achieved_at, {_AT})"
        key = f"{achieved_prefix(user_id)}{name}"
        self._update(guild_id, key, f"SET achieved_at = {value}", {_AT: {"S": format_time(at)}})

    def appointment(self, guild_id: GuildId, user_id: UserId) -> str | None:
        """Read when the clock has a member looked at, as text; None for never."""
        row = self._reads.get((guild_key(guild_id), f"{CHECK}{user_id}"), consistent=True)
        due_at = row.get("due_at") if row else None
        return due_at if isinstance(due_at, str) else None

    def appoint(self, guild_id: GuildId, user_id: UserId, at: datetime | None) -> None:
        """Have the clock have a member looked at; None for no more."""
        if at is None:
            self._update(guild_id, f"{CHECK}{user_id}", "REMOVE due, due_at", {})
        else:
            change, values = _due(guild_id, at)
            self._update(guild_id, f"{CHECK}{user_id}", f"SET {change}", values)

    def problem(self, guild_id: GuildId, key: str) -> tuple[Problem | None, int]:
        """Read a problem that lasts, None for none, and how many were mended before."""
        row = self._reads.get((guild_key(guild_id), f"{RANK}{key}"), consistent=True)
        return (None, 0) if row is None else (problem_of(row), mended_before(row))

    def keep(self, guild_id: GuildId, problem: Problem) -> None:
        """Keep a problem, to be looked at again when it is due."""
        values: dict[str, object] = {
            ":problem": {"S": problem.obstacle.value},
            ":tries": {"N": str(problem.tries)},
            ":told": {"BOOL": problem.told},
            ":retired": {"NULL": True} if problem.retired is None else {"S": problem.retired},
            ":user_id": {"NULL": True} if problem.user_id is None else {"S": problem.user_id},
        }
        changes = [f"{name} = :{name}" for name in _PROBLEM]
        if problem.due_at is not None:
            due, at = _due(guild_id, problem.due_at)
            changes.append(due)
            values |= at
        self._update(guild_id, f"{RANK}{problem.key}", f"SET {', '.join(changes)}", values)

    def close(self, guild_id: GuildId, problem: Problem) -> None:
        """Forget a problem."""
        gone = ", ".join((*_PROBLEM, "due", "due_at"))
        change = f"REMOVE {gone} SET mended = :mended"
        values = {":mended": {"N": str(problem.number + 1)}}
        self._update(guild_id, f"{RANK}{problem.key}", change, values)

    def _update(
        self, guild_id: GuildId, key: str, change: str, values: Mapping[str, object]
    ) -> None:
        request: dict[str, object] = {
            "TableName": self.table,
            "Key": {"pk": {"S": guild_key(guild_id)}, "sk": {"S": key}},
            "UpdateExpression": change,
        }
        if values:
            request["ExpressionAttributeValues"] = values
        self.client.call("UpdateItem", request)


_AT: Final = ":at"


def _due(guild_id: GuildId, at: datetime) -> tuple[str, dict[str, object]]:
    shard = partition(shard_of(guild_id))
    return "due = :due, due_at = :at", {":due": {"S": shard}, _AT: {"S": format_time(at)}}
