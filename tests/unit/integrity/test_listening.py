"""Whether every shard was heard a moment ago."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import at
from usher.ids import UserId
from usher.integrity.listening import Listening
from usher.platform.dynamo_reads import DynamoReads
from usher.times import format_time

NOW = at(0)


@dataclass
class Table:
    """Answers queries by partition."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        assert operation == "Query"
        values = request["ExpressionAttributeValues"]
        assert isinstance(values, dict)
        return {"Items": self.rows.get(values[":pk"]["S"], [])}


def leases(*heard: datetime | None, shards: int) -> Table:
    plan: dict[str, object] = {"pk": {"S": "x"}, "sk": {"S": "PLAN"}, "shards": {"N": str(shards)}}
    rows: list[dict[str, object]] = [
        {} if moment is None else {"last_alive": {"S": format_time(moment)}} for moment in heard
    ]
    return Table({"SHARD#7": [plan], f"SHARD#7#{shards}": rows})


def is_whole(table: Table) -> bool:
    return Listening(DynamoReads(table, "usher")).is_whole(UserId("7"), NOW)


def test_every_shard_must_have_been_heard_lately() -> None:
    just, long_ago = NOW - timedelta(seconds=20), NOW - timedelta(minutes=6)

    assert is_whole(leases(just, just, shards=2))
    assert not is_whole(leases(just, long_ago, shards=2))
    assert not is_whole(leases(just, None, shards=2))
    assert not is_whole(leases(just, shards=2))
    assert not is_whole(Table())
