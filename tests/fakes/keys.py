"""API keys in memory, kept honest by tests/integration/stores."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from usher.ids import GuildId
from usher.referrals.keys import ApiKey
from usher.referrals.ports import TakenError


@dataclass
class FakeKeys:
    """Implements ApiKeys, and what the gate asks."""

    held: dict[str, ApiKey] = field(default_factory=dict)
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    def find(self, prefix: str) -> ApiKey | None:
        return self.held.get(prefix)

    def of_guild(self, guild_id: GuildId) -> tuple[ApiKey, ...]:
        mine = [one for one in self.held.values() if one.guild_id == guild_id]
        return tuple(sorted(mine, key=lambda one: one.created_at))

    def add(self, key: ApiKey) -> None:
        before = self.held.get(key.prefix)
        if before is not None and before.made_by != key.made_by:
            raise TakenError
        self.held[key.prefix] = key

    def revoke(self, guild_id: GuildId, prefix: str, now: datetime) -> bool:
        found = self.held.get(prefix)
        if found is None or found.guild_id != guild_id:
            return False
        self.held[prefix] = replace(found, revoked_at=found.revoked_at or now)
        return True

    def used(self, prefix: str, now: datetime) -> None:
        self.held[prefix] = replace(self.held[prefix], last_used_at=now)

    def count(self, prefix: str, window: int, ends: datetime) -> int:
        assert ends
        self.counted[prefix, window] = self.counted.get((prefix, window), 0) + 1
        return self.counted[prefix, window]
