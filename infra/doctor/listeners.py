"""The leases of the listeners' shards, as the table has them."""

from datetime import datetime
from typing import Final

from infra.doctor.facts import Shards
from usher.doctor.table_probe import session_of
from usher.doctor.watching_rules import QUIET
from usher.platform.dynamo_reads import DynamoReads

LEASE: Final = "LEASE#"


def shards_of(table: DynamoReads, bot_id: str, now: datetime) -> Shards | None:
    """Read who listens; None before any listener has begun. Raises AwsError."""
    plan = table.get((f"SHARD#{bot_id}", "PLAN"), consistent=True)
    count = None if plan is None else plan.get("shards")
    if not isinstance(count, int) or count < 1:
        return None
    rows = {
        str(row["sk"]).removeprefix(LEASE): row
        for row in table.under(f"SHARD#{bot_id}#{count}", LEASE)
    }
    sessions = [session_of(rows.get(str(shard)), shard, count) for shard in range(count)]
    held = [one for one in sessions if one.held_until is not None and one.held_until > now]
    heard = [one.heard_until for one in sessions if one.heard_until is not None]
    stale = [one for one in held if one.heard_until is None or now - one.heard_until > QUIET]
    taken = {one.shard for one in held}
    free = tuple(shard for shard in range(count) if shard not in taken)
    return Shards(count, len(held), len(stale), free, max(heard, default=None))
