"""What became of what programs asked for, in the DynamoDB table: `ON#<guild>` / `ASK#<id>`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.times import format_time

KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DynamoOutcomes:
    """Implements Outcomes. Every method may raise AwsError."""

    client: Caller
    table: str

    def keep(self, guild_id: GuildId, asked: str, outcome: str, where: str, at: datetime) -> None:
        """Keep what became of it."""
        request = {
            "TableName": self.table,
            "Key": {"pk": {"S": f"ON#{guild_id}"}, "sk": {"S": f"ASK#{asked}"}},
            "UpdateExpression": "SET outcome = :what, offered = :it, offered_at = :at, #ttl = :ttl",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {
                ":what": {"S": outcome},
                ":it": {"S": where},
                ":at": {"S": format_time(at)},
                ":ttl": {"N": str(int((at + KEPT).timestamp()))},
            },
        }
        self.client.call("UpdateItem", request)

    def find(self, guild_id: GuildId, asked: str) -> tuple[str, str] | None:
        """Read what became of it, and where; None for not yet."""
        key = (f"ON#{guild_id}", f"ASK#{asked}")
        row = DynamoReads(self.client, self.table).get(key, consistent=True)
        return None if row is None else (str(row["outcome"]), str(row.get("offered") or ""))
