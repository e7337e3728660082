"""What a recount reads of the table (pynamodb)."""

from collections.abc import Sequence
from dataclasses import dataclass

from usher.attribution.backfill_store import DynamoBackfills
from usher.attribution.guild_settings import load_rules
from usher.credit.fake import Rules
from usher.credit.rules import MemberRecord
from usher.credit.store import load_page
from usher.ids import GuildId, UserId


@dataclass(frozen=True, slots=True)
class DynamoRecounts:
    """Implements Recounts; may raise pynamodb's errors. Writes nothing."""

    backfills: DynamoBackfills

    def rules(self, guild_id: GuildId) -> Rules:
        """Read the rules in force, consistently."""
        return load_rules(guild_id)

    def page(
        self, guild_id: GuildId, after: UserId | None, limit: int
    ) -> Sequence[tuple[UserId, MemberRecord]]:
        """Read the next members in the table's order, at most so many; none after the last."""
        return load_page(guild_id, after, limit)

    def guild_name(self, guild_id: GuildId) -> str:
        """Read what the guild is called; empty for one never seen."""
        return self.backfills.guild_name(guild_id)

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        """Whether the event worker is done with an observation."""
        return self.backfills.applied(guild_id, observation_id)
