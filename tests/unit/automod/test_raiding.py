"""A raid closes the door and is told once, whatever breaks off in between."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import GUILD, START, at
from tests.fakes.automod import FakeCatches, FakeGate, FakeQueue, FakeWishes
from usher.automod.raiding import Raids
from usher.automod.raids import Config, Join, write_join
from usher.contracts.effect import SendMessage
from usher.contracts.guarding import WatchRaid
from usher.ids import ChannelId, GuildId, UserId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.moderation.settings import ModSettings

HOUR = timedelta(hours=1)
LOG = ChannelId("77")


@dataclass
class Book:
    """Implements Rulebook."""

    channel: ChannelId | None = LOG

    def read(self, guild_id: GuildId) -> ModSettings:
        del guild_id
        return ModSettings(log_channel_id=self.channel)


@dataclass
class Watch:
    """The watch over fakes."""

    wishes: FakeWishes = field(default_factory=lambda: FakeWishes(config=Config(5, 30)))
    table: FakeCatches = field(default_factory=FakeCatches)
    gate: FakeGate = field(default_factory=FakeGate)
    queue: FakeQueue = field(default_factory=FakeQueue)
    book: Book = field(default_factory=Book)

    def came(self, *seconds: float) -> None:
        joins = tuple(write_join(Join(UserId(str(int(s * 10) + 1)), at(s))) for s in seconds)
        Raids(self.wishes, self.table, self.gate, self.queue, self.book).watch(
            WatchRaid("w", GUILD, joins)
        )

    @property
    def told(self) -> list[str]:
        return [one.content for one in self.queue.sent.values() if isinstance(one, SendMessage)]


def test_enough_within_the_time_close_the_door_and_are_told_once() -> None:
    watch = Watch()
    watch.came(0, 1, 2)
    assert watch.gate.calls == []

    watch.came(3, 4)
    watch.came(5, 6)
    watch.came(3, 4)

    assert watch.gate.calls == [START + HOUR]
    [words] = watch.told
    assert "5 members" in words
    assert "1 11 21 31 41" in words


def test_two_who_see_it_at_once_tell_it_once() -> None:
    # Given that another saw the raid with the last join, while this one had an earlier to tell of
    watch = Watch()
    watch.came(1, 2, 3, 4)
    before = watch.table.windows[GUILD]
    watch.came(5)

    # When this one acts on what it had read before
    watch.table.windows[GUILD] = before
    watch.came(0)

    assert len(watch.told) == 1


def test_as_many_over_a_longer_time_are_no_raid() -> None:
    watch = Watch()

    for second in range(0, 200, 8):
        watch.came(second)

    assert watch.gate.calls == []
    assert watch.told == []


def test_the_next_raid_is_told_anew() -> None:
    watch = Watch()
    watch.came(0, 1, 2, 3, 4)

    watch.came(3600, 3601, 3602, 3603, 3604)

    assert len(watch.told) == 2
    assert watch.gate.calls == [at(0) + HOUR, at(3600) + HOUR]


def test_a_longer_pause_is_not_cut_short() -> None:
    watch = Watch(gate=FakeGate(until=START + 5 * HOUR))

    watch.came(0, 1, 2, 3, 4)

    assert watch.gate.calls == []
    assert f"<t:{int((START + 5 * HOUR).timestamp())}:t>" in watch.told[0]


def test_who_may_not_close_the_door_says_so() -> None:
    watch = Watch(gate=FakeGate(error=DeskRefusedError()))

    watch.came(0, 1, 2, 3, 4)

    assert "Manage Server" in watch.told[0]


@pytest.mark.parametrize("broken", ["gate", "queue"])
def test_what_breaks_off_is_done_again(broken: str) -> None:
    watch = Watch()
    failing = watch.gate if broken == "gate" else watch.queue
    failing.error = DeskError()
    with pytest.raises(DeskError):
        watch.came(0, 1, 2, 3, 4)
    failing.error = None

    watch.came(0, 1, 2, 3, 4)

    assert watch.gate.until == START + HOUR
    assert len(watch.told) == 1


def test_a_server_that_watches_for_nothing_is_left_alone() -> None:
    watch = Watch(wishes=FakeWishes())

    watch.came(*range(50))

    assert watch.table.windows == {}
    assert watch.told == []


def test_without_a_channel_the_door_is_closed_all_the_same() -> None:
    watch = Watch(book=Book(None))

    watch.came(0, 1, 2, 3, 4)

    assert watch.gate.calls == [START + HOUR]
    assert watch.told == []


def test_a_warning_alone_closes_nothing() -> None:
    watch = Watch(wishes=FakeWishes(config=Config(5, 30, pause=timedelta())))

    watch.came(0, 1, 2, 3, 4)

    assert watch.gate.calls == []
    assert "not paused" in watch.told[0]
