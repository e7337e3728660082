"""Whether the listener hears everything at present.

While it does not, Discord is ahead of the table for a good reason, and the listener itself reads
what was missed once it is back: its point in the session stays behind until it has.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.ids import UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.times import parse_time

ALIVE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Listening:
    """Reads the leases of shards (`gateway_listener/lease_table.py`). May raise AwsError."""

    table: DynamoReads

    def is_whole(self, bot_id: UserId, now: datetime) -> bool:
        """Say whether every shard was heard a moment ago."""
        plan = next(iter(self.table.under(f"SHARD#{bot_id}", "PLAN")), None)
        shards = None if plan is None else plan.get("shards")
        if not isinstance(shards, int):
            return False
        leases = self.table.under(f"SHARD#{bot_id}#{shards}", "LEASE#")
        heard = [
            lease
            for lease in leases
            if isinstance(at := lease.get("last_alive"), str) and parse_time(at) >= now - ALIVE
        ]
        return len(heard) == shards
