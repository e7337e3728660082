"""A guild's backfill read without the SDK, and its start (decision 6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.backfill_codec import decode_backfill
from usher.attribution.backfill_ports import Steps
from usher.attribution.backfill_state import Backfill
from usher.contracts.backfill import BackfillStep
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import DynamoReads

TOKEN_SERVES: Final = timedelta(minutes=14)
"""An interaction's token serves 15 minutes (Discord docs), and some have passed already."""
START_SECONDS: Final = 3
"""The answer of the command comes first, what replaces it later."""


@dataclass(frozen=True, slots=True)
class BackfillDesk:
    """Implements Imports."""

    table: DynamoReads
    steps: Steps

    def state(self, guild_id: GuildId) -> Backfill | None:
        """Read how the guild's backfill stands; raises AwsError, StateError."""
        item = self.table.get((f"G#{guild_id}", "BACKFILL"), consistent=True)
        if item is None:
            return None
        return decode_backfill(str(item["backfill"]), int(str(item["backfill_version"])))

    def begin(
        self,
        guild_id: GuildId,
        run: str,
        user_id: UserId | None,
        started_by: UserId,
        now: datetime,
        token: str,
    ) -> None:
        """Send a run's first step; raises what the queue raises."""
        step = BackfillStep(
            guild_id=guild_id,
            run=run,
            due_at=now,
            user_id=user_id,
            started_by=started_by,
            token=token,
            token_until=now + TOKEN_SERVES,
        )
        self.steps.send(step, START_SECONDS)
