"""The stored state of guilds with settings remembered as long as nobody changes any (SPEC 11.7).

The head, which is read for every observation anyway, says with which of its versions a setting was
changed last. So what is remembered is known to hold, and a change is seen at once everywhere.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from usher.attribution.model import Membership, Stored
from usher.attribution.ports import Change, Guilds, GuildSettings, Loaded
from usher.contracts.observation import Observation
from usher.credit.fake import Rules
from usher.credit.rules import Members
from usher.greeting.settings import Occasion
from usher.ids import GuildId, UserId
from usher.platform.cache import Cache, Uses

LIFE_SECONDS: Final = 3600.0
"""How long a row that was written by hand, past the head, may go unnoticed."""

VERSION_SECONDS: Final = 10.0
"""How long the version of a head that was read may be believed (SPEC 11.7)."""

MOST_KEPT: Final = 10_000
"""Guilds whose settings a container keeps, some five megabytes."""


@dataclass(frozen=True, slots=True)
class CachedGuilds:
    """Implements Guilds over another. What this one changes it sees at once."""

    inner: Guilds
    cache: Cache[GuildId, GuildSettings]
    judging: Cache[GuildId, Rules]
    """The rules of fake memberships: two more groups of settings."""
    greeting: Cache[GuildId, frozenset[Occasion]]
    """What is greeted."""
    _versions: dict[GuildId, tuple[int, float]] = field(default_factory=dict)
    """Of the settings of the guild that was loaded last, and when: observations come one by one,
    and those of members' updates alone load nothing."""

    def load(self, observation: Observation) -> Loaded:
        """Read what an observation touches; raises StaleHeadError, StateError."""
        loaded = self.inner.load(observation)
        self._versions.clear()
        self._versions[observation.guild_id] = loaded.stored.head.settings, self.cache.clock()
        return loaded

    def reopen(self, stored: Stored, observation: Observation) -> Stored:
        """Add the groups closed lately, and the codes of their uses."""
        return self.inner.reopen(stored, observation)

    def members(self, guild_id: GuildId, users: Collection[UserId], observation_id: str) -> Members:
        """Read member records; who has none is left out."""
        return self.inner.members(guild_id, users, observation_id)

    def added(self, guild_id: GuildId, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Read how many invites admins have added to members in all."""
        return self.inner.added(guild_id, users)

    def applied(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Say which events were applied already."""
        return self.inner.applied(event_ids)

    def commit(self, change: Change) -> float:
        """Write a change, and forget the settings if it changes any, even when it seems to fail."""
        try:
            return self.inner.commit(change)
        finally:
            if any(part.settings for part in change.parts):
                self.cache.forget(change.guild_id)
                self.judging.forget(change.guild_id)
                self.greeting.forget(change.guild_id)

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        """Note that a message of the guild went unseen, once; False for a guild never seen."""
        return self.inner.mark_gap(guild_id, message_id)

    def settings(self, guild_id: GuildId) -> GuildSettings:
        """Read the guild's settings."""
        return self._get(self.cache, guild_id, self.inner.settings)

    def rules(self, guild_id: GuildId) -> Rules:
        """Read by which rules memberships are fake."""
        return self._get(self.judging, guild_id, self.inner.rules)

    def greets(self, guild_id: GuildId) -> frozenset[Occasion]:
        """Read what the guild greets."""
        return self._get(self.greeting, guild_id, self.inner.greets)

    def screened(
        self, guild_id: GuildId, memberships: Collection[Membership]
    ) -> frozenset[Membership]:
        """Pick the memberships that began with the screening still before them."""
        return self.inner.screened(guild_id, memberships)

    def take_uses(self) -> Uses:
        """Say how often something was remembered since this was asked last."""
        caches = (self.cache, self.judging, self.greeting)
        uses = [cache.take_uses() for cache in caches]
        return Uses(sum(one.hits for one in uses), sum(one.misses for one in uses))

    def _get[V](
        self, cache: Cache[GuildId, V], guild_id: GuildId, read: Callable[[GuildId], V]
    ) -> V:
        version, loaded_at = self._versions.get(guild_id, (None, 0.0))
        if version is None or self.cache.clock() - loaded_at >= VERSION_SECONDS:
            return read(guild_id)
        return cache.get(guild_id, str(version), lambda: read(guild_id))
