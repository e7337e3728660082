"""Rewards read from the DynamoDB table, without the SDK (decision 6)."""

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.rewards.problems import Problem
from usher.rewards.queries import Achievement
from usher.rewards.rows import RANK, SETTINGS, achieved_prefix, guild_key, problem_of, settings_of
from usher.rewards.settings import RewardSettings
from usher.times import parse_time


@frozen
class DynamoRewardReads:
    """Implements RewardReads. Consistent: who has just set something asks what it is."""

    table: DynamoReads

    def settings(self, guild_id: GuildId) -> RewardSettings:
        """Read what the guild has set."""
        key = guild_key(guild_id)
        return settings_of(row for prefix in SETTINGS for row in self.table.under(key, prefix))

    def achievements(self, guild_id: GuildId, user_id: UserId) -> tuple[Achievement, ...]:
        """Read a member's milestones, the oldest first."""
        prefix = achieved_prefix(user_id)
        found = [
            Achievement(str(row["sk"]).removeprefix(prefix), parse_time(at))
            for row in self.table.under(guild_key(guild_id), prefix)
            if isinstance(at := row.get("achieved_at"), str)
        ]
        return tuple(sorted(found, key=lambda one: (one.at, one.name)))

    def problems(self, guild_id: GuildId) -> tuple[Problem, ...]:
        """Read what keeps ranks from working."""
        rows = self.table.under(guild_key(guild_id), RANK)
        found = [problem_of(row) for row in rows]
        return tuple(problem for problem in found if problem is not None)
