"""Greetings in the DynamoDB table, without the SDK.

The effects function's side writes rows of its own under `GREET#`: what became of each greeting, and
how many there were in each minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.queries import MemberOrigin
from usher.attribution.reads import DynamoInviteReads
from usher.credit.queries import Tally
from usher.credit.reads import DynamoCreditReads
from usher.greeting.settings import Greeting, Occasion, read_greeting
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads, decode

SORT_KEY: Final = "GREET"
KEPT: Final = timedelta(days=30)
"""Longer than members count as newcomers, and than queues keep messages."""
COUNTED: Final = timedelta(hours=1)
WRITTEN: Final = ("pk", "sk", "place", "settled", "said", "ttl")
"""Attributes that are written here (template.yaml: EffectsRole)."""


@dataclass(frozen=True, slots=True)
class DynamoRecords:
    """Implements Records: consistently, since what is asked for was written a moment ago."""

    table: DynamoReads

    def greeting(self, guild_id: GuildId, occasion: Occasion) -> Greeting:
        """Read what the guild has set."""
        prefix = f"S#{occasion.value}#"
        rows = self.table.under(f"G#{guild_id}", prefix)
        values = {str(row["sk"]).removeprefix(prefix): row.get("value") for row in rows}
        return read_greeting(occasion, values)

    def origin(self, guild_id: GuildId, user_id: UserId) -> MemberOrigin | None:
        """Read how a member came."""
        return DynamoInviteReads(self.table).origin(guild_id, user_id, consistent=True)

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally:
        """Read a member's counters."""
        return DynamoCreditReads(self.table).tally(guild_id, user_id, consistent=True)


@dataclass(frozen=True, slots=True)
class DynamoMarks:
    """Implements Marks. Every method may raise AwsError."""

    client: Caller
    table: str

    def place(self, guild_id: GuildId, occasion: Occasion, id_: str, now: datetime) -> int | None:
        """Tell a greeting's number within its minute, always the same; None for one settled."""
        row = DynamoReads(self.client, self.table).get(_key(id_), consistent=True)
        if row is not None and row.get("settled") is not None:
            return None
        if row is not None and isinstance(place := row.get("place"), int):
            return place
        minute = f"{guild_id}#{occasion.value}#{int(now.timestamp()) // 60}"
        counted = self._update(
            _key(minute), "ADD said :one SET #ttl = :ttl", {":one": {"N": "1"}}, now + COUNTED
        )
        attributes = counted.get("Attributes")
        number = decode(attributes["said"]) if isinstance(attributes, dict) else 1
        place = number if isinstance(number, int) else 1
        self._update(
            _key(id_), "SET place = :n, #ttl = :ttl", {":n": {"N": str(place)}}, now + KEPT
        )
        return place

    def settle(self, id_: str, what: str, now: datetime) -> None:
        """Note what became of a greeting."""
        change = "SET settled = :what, #ttl = :ttl"
        self._update(_key(id_), change, {":what": {"S": what}}, now + KEPT)

    def _update(
        self, key: tuple[str, str], change: str, values: Mapping[str, object], until: datetime
    ) -> dict[str, object]:
        request: dict[str, object] = {
            "TableName": self.table,
            "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
            "UpdateExpression": change,
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {
                **values,
                ":ttl": {"N": str(int(until.timestamp()))},
            },
            "ReturnValues": "UPDATED_NEW",
        }
        return self.client.call("UpdateItem", request)


def _key(name: str) -> tuple[str, str]:
    return f"GREET#{name}", SORT_KEY
