"""What commands ask of a guild as a whole, read from the DynamoDB table."""

from dataclasses import dataclass
from datetime import datetime

from usher.attribution.state_codec import decode_head
from usher.credit.queries import OFF, TRACKING
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads


@dataclass(frozen=True, slots=True)
class DynamoGuildReads:
    """Eventually consistent. Every method may raise AwsError."""

    table: DynamoReads

    def since(self, guild_id: GuildId) -> datetime | None:
        """Read when the guild was first seen; None for never. Raises StateError."""
        row = self.table.get((f"G#{guild_id}", "HEAD"))
        if row is None:
            return None
        return decode_head(str(row["state"]), int(str(row["version"]))).since

    def tracking_off(self, guild_id: GuildId) -> bool:
        """Read whether tracking was turned off (SPEC 3.2)."""
        row = self.table.get((f"G#{guild_id}", f"S#{TRACKING}"))
        return row is not None and row.get("value") == OFF
