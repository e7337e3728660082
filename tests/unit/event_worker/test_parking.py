"""Parked messages: kept under their guild, which is told of the gap."""

from dataclasses import dataclass, field

import pytest

from event_worker.parking import ATTEMPTS, Parking
from tests.builders import GUILD, look, observe, row
from tests.fakes.guilds import FakeGuilds
from tests.fakes.objects import FakeObjects
from tests.fakes.worker import Worker
from usher.attribution.ports import StaleHeadError
from usher.ids import GuildId


@dataclass
class Contested:
    """A guild whose head moves a number of times."""

    times: int
    pauses: list[float] = field(default_factory=list)

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        self.times -= 1
        if self.times >= 0:
            raise StaleHeadError
        return True


def test_a_body_is_kept_as_it_came_and_the_guild_told() -> None:
    worker = Worker()
    worker.handle(observe(look=look(row("abc"))))
    assert isinstance(worker.guilds, FakeGuilds)
    parking = Parking(worker.objects, worker.guilds, lambda _: None)

    assert parking.park(GUILD, "m-1", "bröken \ud800")

    assert worker.objects.held.keys() == {f"parked/guild={GUILD}/m-1.json"}
    assert worker.guilds.guilds[GUILD].head.gap


def test_a_message_parked_again_marks_no_second_gap_after_its_followers() -> None:
    # Given a message that was parked, a follower that ended its gap, and then the message again
    worker = Worker()
    worker.handle(observe(look=look(row("abc"))))
    assert isinstance(worker.guilds, FakeGuilds)
    parking = Parking(worker.objects, worker.guilds, lambda _: None)
    assert parking.park(GUILD, "m-1", "first")
    worker.handle(observe(look=look(row("abc"), seconds=20), seconds=20))
    head = worker.guilds.guilds[GUILD].head

    assert parking.park(GUILD, "m-1", "first")

    assert worker.objects.under("parked/") == {f"parked/guild={GUILD}/m-1.json": b"first"}
    assert worker.guilds.guilds[GUILD].head == head
    assert not head.gap


def test_without_a_guild_there_is_no_gap_to_mark() -> None:
    objects = FakeObjects()

    assert not Parking(objects, FakeGuilds(), lambda _: None).park(None, "m-1", "?")
    assert not Parking(objects, FakeGuilds(), lambda _: None).park(GUILD, "m-2", "?")

    assert objects.held.keys() == {
        "parked/guild=unknown/m-1.json",
        f"parked/guild={GUILD}/m-2.json",
    }


def test_a_head_that_moves_is_tried_again_for_a_while() -> None:
    pauses: list[float] = []

    assert Parking(FakeObjects(), Contested(ATTEMPTS - 1), pauses.append).park(GUILD, "m", "?")
    assert len(pauses) == ATTEMPTS - 1
    with pytest.raises(StaleHeadError):
        Parking(FakeObjects(), Contested(ATTEMPTS), pauses.append).park(GUILD, "m", "?")
