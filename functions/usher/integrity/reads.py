"""What the last check of a guild came to, read without the SDK (decision 6)."""

from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId
from usher.integrity.model import Known
from usher.integrity.rows import DRIFT, PROGRESS, guild_key, read_known, read_progress
from usher.platform.dynamo_reads import DynamoReads


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What is known of a guild's integrity."""

    at: datetime
    """When it was checked last."""
    whole_at: datetime | None
    """When everything was compared last; None for not yet."""
    differences: tuple[Known, ...]
    """Those that were reported and last, the oldest first."""
    repairs: int
    """Repairs of the last check."""
    asked_at: datetime | None
    """When Discord was compared last; None for not yet."""


@dataclass(frozen=True, slots=True)
class DynamoIntegrityReads:
    """Reads what the hourly check has written. Eventually consistent. May raise AwsError."""

    table: DynamoReads

    def last_check(self, guild_id: GuildId) -> LastCheck | None:
        """Read the last check; None for a guild that was never checked."""
        row = self.table.get((guild_key(guild_id), PROGRESS))
        if row is None:
            return None
        progress = read_progress(str(row["integrity"]))
        known = [
            read_known(str(item["sk"]), str(item["integrity"]))
            for item in self.table.under(guild_key(guild_id), DRIFT)
        ]
        lasting = [one for one in known if one.told and one.solved is None]
        lasting.sort(key=lambda one: (one.first, one.kind, one.subject))
        return LastCheck(
            progress.at, progress.whole_at, tuple(lasting), progress.mended, progress.asked_at
        )
