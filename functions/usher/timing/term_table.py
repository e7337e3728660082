"""Terms in the DynamoDB table, without the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.platform.signed_http import AwsError
from usher.times import format_time, parse_time
from usher.timing.due import partition, shard_of
from usher.timing.terms import Term, read_key

ENDED: Final = ("pk", "sk", "due", "due_at", "ended_at", "tries", "told")
"""Attributes that ending writes (template.yaml: EffectsRole)."""
BEGUN: Final = (*ENDED, "term", "held")
"""Attributes that beginning and changing write (template.yaml: CommandWorkerRole)."""


@dataclass(frozen=True, slots=True)
class DynamoTerms:
    """Implements Terms, and what begins them. Every method may raise AwsError."""

    client: Caller
    table: str

    def read(self, guild_id: GuildId, key: str) -> Term | None:
        """Read a term; None where there never was one."""
        row = DynamoReads(self.client, self.table).get((f"G#{guild_id}", key), consistent=True)
        return None if row is None else term_of(guild_id, row)

    def under(self, guild_id: GuildId, kind: str) -> list[Term]:
        """Read all terms of a kind, those that have ended too."""
        rows = DynamoReads(self.client, self.table).under(f"G#{guild_id}", f"X#{kind}#")
        return [term_of(guild_id, row) for row in rows]

    def write(self, term: Term, over: Term | None) -> bool:
        """Write a version over the one that was read; False where that is no longer the last."""
        values: dict[str, object] = {":term": {"S": term.version}, ":held": {"S": term.held}}
        change, gone = "SET term = :term, held = :held", "ended_at, tries, told"
        if term.due_at is None:
            gone += ", due, due_at"
        else:
            change += ", due = :due, due_at = :at"
            values |= {
                ":due": {"S": partition(shard_of(term.guild_id))},
                ":at": {"S": format_time(term.due_at)},
            }
        condition = "attribute_not_exists(term)"
        if over is not None:
            ended = "attribute_exists" if over.ended else "attribute_not_exists"
            condition = f"term = :over AND {ended}(ended_at)"
            values[":over"] = {"S": over.version}
        if self._update(term, f"{change} REMOVE {gone}", condition, values):
            return True
        # The call is repeated when its answer was lost, and then fails by its own first success.
        found = self.read(term.guild_id, term.key)
        return found is not None and found.version == term.version

    def end(self, term: Term, at: datetime) -> bool:
        """Mark a term as ended; False where it no longer ends at its time."""
        values: dict[str, object] = {":now": {"S": format_time(at)}}
        change = "REMOVE due, due_at SET ended_at = :now"
        return self._update(term, change, _unchanged(term, values), values)

    def postpone(self, term: Term, at: datetime) -> bool:
        """Give a term another time, with its tries and whether it was told; False as above."""
        values: dict[str, object] = {
            ":at": {"S": format_time(at)},
            ":tries": {"N": str(term.tries)},
            ":told": {"BOOL": term.told},
        }
        change = "SET due_at = :at, tries = :tries, told = :told"
        return self._update(term, change, _unchanged(term, values), values)

    def _update(
        self, term: Term, change: str, condition: str, values: Mapping[str, object]
    ) -> bool:
        request: dict[str, object] = {
            "TableName": self.table,
            "Key": {"pk": {"S": f"G#{term.guild_id}"}, "sk": {"S": term.key}},
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return False
        return True


def term_of(guild_id: GuildId, row: Item) -> Term:
    """Read a row."""
    kind, what = read_key(str(row["sk"]))
    due_at, tries, version = row.get("due_at"), row.get("tries"), row.get("term")
    return Term(
        guild_id,
        kind,
        what,
        version if isinstance(version, str) else "",
        parse_time(due_at) if isinstance(due_at, str) else None,
        str(row.get("held") or ""),
        ended="ended_at" in row,
        tries=tries if isinstance(tries, int) else 0,
        told=row.get("told") is True,
    )


def _unchanged(term: Term, values: dict[str, object]) -> str:
    """Demand that a term still ends at its time: a time is of one version only.

    What does not end by itself is told by its version, which only commands may read and write.
    """
    if term.due_at is None:
        values[":term"] = {"S": term.version}
        return "term = :term AND attribute_not_exists(ended_at)"
    values[":then"] = {"S": format_time(term.due_at)}
    return "due_at = :then"
