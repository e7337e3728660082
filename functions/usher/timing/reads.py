"""The due-time index read from the DynamoDB table, without the SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.times import format_time, parse_time
from usher.timing.due import Due, partition


@dataclass(frozen=True, slots=True)
class DynamoDueIndex:
    """Implements DueIndex. Eventually consistent, as every global index is. Raises AwsError."""

    table: DynamoReads

    def due(self, shard: int, until: datetime) -> Iterator[Due]:
        """Read the rows of a shard that are due by `until`, oldest first, as they are taken."""
        for item in self.table.due(partition(shard), format_time(until)):
            kind, guild_id, *part = str(item["pk"]).replace("#@", "#", 1).split("#", 2)
            named = [kind, *part] if part else []  # a guild has partitions beside its first
            key = "#".join((*named, str(item["sk"])))
            yield Due(GuildId(guild_id), key, parse_time(str(item["due_at"])))
