"""The event worker's settings: remembered, and forgotten with what changes them."""

import pytest

from tests.builders import GUILD, changed, joined, observe
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.cached_guilds import CachedGuilds
from usher.attribution.noted_deeds import NotedDeeds
from usher.attribution.ports import GuildSettings
from usher.contracts.deeds import Deed
from usher.contracts.observation import Observation
from usher.ids import ChannelId, GuildId
from usher.platform.cache import Cache, Uses

SET = GuildSettings(join_log_channel_id=ChannelId("77"))


class Place:
    """A worker with a cache over a store whose settings change."""

    def __init__(self) -> None:
        self.stored = FakeGuilds()
        self.now = 0.0
        self.cache: Cache[GuildId, GuildSettings] = Cache(3600, clock=self._clock)
        self.guilds = CachedGuilds(
            self.stored, self.cache, Cache(clock=self._clock), Cache(clock=self._clock)
        )
        self.worker = Worker(guilds=self.guilds)
        self.worker.handle(observe())
        assert self.guilds.settings(GUILD) == GuildSettings()
        self.stored.configured[GUILD] = SET

    def _clock(self) -> float:
        return self.now


def test_settings_are_remembered_through_joins() -> None:
    place = Place()

    place.worker.handle(observe(joined("1")), observe(joined("2")))

    assert place.guilds.settings(GUILD) == GuildSettings()
    uses = place.cache.take_uses()
    assert uses.misses == 1
    assert uses.hits >= 2


def test_a_setting_that_another_worker_changed_is_seen_with_the_next_observation() -> None:
    place = Place()
    other = Worker(guilds=place.stored)

    other.handle(observe(changed("guild#join_log_channel_id", "77", "1")))
    place.worker.handle(observe(joined("1")))

    assert place.guilds.settings(GUILD) == SET


def test_where_nothing_is_loaded_a_change_elsewhere_is_seen_within_ten_seconds() -> None:
    place = Place()

    place.now = 9.9
    assert place.guilds.settings(GUILD) == GuildSettings()
    place.now = 10.0
    assert place.guilds.settings(GUILD) == SET


def test_the_version_of_the_settings_stays_while_others_are_counted() -> None:
    place = Place()
    place.worker.handle(observe(changed("guild#join_log_channel_id", "77", "1")))
    changed_at = place.stored.guilds[GUILD].head.settings

    place.worker.handle(observe(joined("1")), observe(joined("2")))

    head = place.stored.guilds[GUILD].head
    assert head.settings == changed_at < head.version


def test_a_setting_is_seen_at_once_by_the_worker_that_wrote_it() -> None:
    place = Place()

    place.worker.handle(observe(changed("guild#join_log_channel_id", "77", "1")))

    assert place.guilds.settings(GUILD) == SET


def test_a_write_that_seems_to_fail_is_not_trusted_to_have_failed() -> None:
    place = Place()
    place.stored.fuse = Fuse(at=1)

    with pytest.raises(BrokenOffError):
        place.worker.handle(observe(changed("guild#join_log_channel_id", "77", "1")))

    assert place.guilds.settings(GUILD) == SET


class Road:
    """Does nothing."""

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        return bool(guild_id and deeds)

    def carry(self, observation: Observation) -> bool:
        raise OSError(observation.id)

    def name_of(self, guild_id: GuildId) -> str:
        return guild_id


def test_who_sends_a_deed_forgets_what_it_remembered_of_the_guild() -> None:
    cache: Cache[str, int] = Cache(clock=lambda: 0.0)
    deeds = NotedDeeds(Road(), cache)
    numbers = iter(range(9))

    def read() -> int:
        return cache.get(f"G#{GUILD}", "x", lambda: next(numbers))

    assert (read(), read()) == (0, 0)
    assert deeds.do(GUILD, changed("guild#staff_role_id", "1", "1"))
    assert read() == 1
    with pytest.raises(OSError):
        deeds.carry(observe())
    assert read() == 2
    assert cache.take_uses() == Uses(1, 3)
