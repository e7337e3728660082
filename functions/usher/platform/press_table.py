"""What buttons do, kept in the DynamoDB table: `B#<token>`, without the SDK (decision 6)."""

import json
from datetime import timedelta
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.slash.buttons import Press
from usher.slash.presses import KeptPresses
from usher.times import format_time, parse_time

SORT_KEY: Final = "B"
GRACE: Final = timedelta(days=1)
"""TTL collects garbage only; a day later nobody can mistake it for an expiry."""


@frozen
class PressTable:
    """Implements PressStore. Every method may raise AwsError."""

    client: Caller
    table: str

    def keep(self, token: str, kept: KeptPresses) -> None:
        """Write one row."""
        did = [{"action": one.action, "arguments": one.arguments} for one in kept.presses]
        item = {
            "pk": {"S": f"B#{token}"},
            "sk": {"S": SORT_KEY},
            "guild_id": {"S": kept.guild_id},
            "expires_at": {"S": format_time(kept.expires_at)},
            "presses": {"S": json.dumps(did, separators=(",", ":"))},
            "ttl": {"N": str(int((kept.expires_at + GRACE).timestamp()))},
        }
        if kept.user_id is not None:
            item["user_id"] = {"S": kept.user_id}
        self.client.call("PutItem", {"TableName": self.table, "Item": item})

    def find(self, token: str) -> KeptPresses | None:
        """Read one row, consistently: a member may press at once."""
        row = DynamoReads(self.client, self.table).get((f"B#{token}", SORT_KEY), consistent=True)
        if row is None:
            return None
        did = json.loads(str(row["presses"]))
        return KeptPresses(
            guild_id=GuildId(str(row["guild_id"])),
            user_id=UserId(str(row["user_id"])) if "user_id" in row else None,
            expires_at=parse_time(str(row["expires_at"])),
            presses=tuple(Press(one["action"], one["arguments"]) for one in did),
        )
