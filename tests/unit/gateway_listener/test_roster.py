"""Processes share the shards: each one is held once, and a dead one's are taken by another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease import Lease
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.roster import Roster, free_shards
from gateway_listener.table_thread import TableThread
from tests.fakes.leases import FakeLeases

LIFE = timedelta(seconds=0.5)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def test_free_is_what_nobody_has_or_had_too_long() -> None:
    leases = {
        0: Lease("a", 1, NOON + LIFE),
        1: Lease("gone", 1, NOON),
        3: Lease("gone", 2, NOON - LIFE),
        9: Lease("of a larger number", 1, NOON),
    }
    assert free_shards(4, leases, NOON) == [1, 2, 3]


class Process:
    """A process that takes shards and keeps them."""

    def __init__(self, table: FakeLeases, owner: str, count: int, most: int) -> None:
        self.thread = TableThread()
        self.keepers: list[LeaseKeeper] = []
        self._tasks: list[asyncio.Task[None]] = []
        progress = Progress(SessionPoint(now()))

        def keeper(shard: int) -> LeaseKeeper:
            return LeaseKeeper(table, shard, owner, LIFE, now, progress, self.thread)

        self.roster = Roster(table, count, most, LIFE, now, self.thread, keeper)
        self._tasks.append(asyncio.create_task(self._take()))

    async def _take(self) -> None:
        async for keeper in self.roster.taken():
            self.keepers.append(keeper)
            self._tasks.append(asyncio.create_task(keeper.keep(lambda _: None)))

    @property
    def shards(self) -> set[int]:
        return {keeper.shard for keeper in self.keepers}

    async def until(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.keepers) < number:  # noqa: ASYNC110 - the roster's own pace
                await asyncio.sleep(0.005)

    def die(self) -> None:
        for task in self._tasks:
            task.cancel()
        self.thread.close()


class World:
    def __init__(self) -> None:
        self.table = FakeLeases()
        self.processes: list[Process] = []

    def process(self, owner: str, count: int = 4, most: int = 16) -> Process:
        self.processes.append(Process(self.table, owner, count, most))
        return self.processes[-1]

    def owners(self) -> list[str]:
        return [self.table.rows[shard].owner for shard in sorted(self.table.rows)]


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    for process in made.processes:
        process.die()


@pytest.mark.asyncio
async def test_one_process_takes_all_shards(world: World) -> None:
    one = world.process("a")
    await one.until(4)
    assert one.shards == {0, 1, 2, 3}
    assert world.owners() == ["a"] * 4


@pytest.mark.asyncio
async def test_none_takes_more_than_it_may_and_none_takes_anothers(world: World) -> None:
    one, two = world.process("a", most=3), world.process("b", most=3)
    async with asyncio.timeout(5):
        while len(world.table.rows) < 4:  # noqa: ASYNC110 - the roster's own pace
            await asyncio.sleep(0.005)
    await asyncio.gather(one.until(1), two.until(1))
    assert not one.shards & two.shards
    assert max(len(one.shards), len(two.shards)) <= 3


@pytest.mark.asyncio
async def test_the_shards_of_a_dead_process_are_taken_when_their_leases_end(world: World) -> None:
    one = world.process("a", most=2)
    await one.until(2)
    two = world.process("b")
    await two.until(2)
    one.die()
    await two.until(4)
    assert world.owners() == ["b"] * 4
    assert [world.table.rows[shard].fence for shard in sorted(one.shards)] == [2, 2]


@pytest.mark.asyncio
async def test_shards_that_are_too_many_or_were_given_up_are_counted(world: World) -> None:
    one, two = world.process("a", most=2), world.process("b", most=1)
    await asyncio.gather(one.until(2), two.until(1))
    assert await one.roster.unheld() == await two.roster.unheld() == 1
    # When one dies, its shards are held until their leases end
    one.die()
    async with asyncio.timeout(5):
        while await two.roster.unheld() != 3:  # noqa: ASYNC110 - the leases' own end
            await asyncio.sleep(0.005)
    # And whoever takes them makes it good
    three = world.process("c")
    await three.until(3)
    assert await two.roster.unheld() == await three.roster.unheld() == 0


@pytest.mark.asyncio
async def test_in_an_outage_nobody_knows_which_shards_are_held(world: World) -> None:
    world.table.out = True
    one = world.process("a", most=4)
    await one.until(4)
    assert await one.roster.unheld() is None
    # And what is listened to without a lease is not missing
    world.table.out = False
    assert await one.roster.unheld() == 0


@pytest.mark.asyncio
async def test_an_outage_at_the_start_ends_in_listening_without_leases(world: World) -> None:
    world.table.out = True
    one = world.process("a", most=3)
    await one.until(3)
    assert not any(keeper.held for keeper in one.keepers)
    # And when the table is there again, the leases are taken
    world.table.out = False
    async with asyncio.timeout(5):
        while len(world.table.rows) < 3:  # noqa: ASYNC110 - the keepers' own pace
            await asyncio.sleep(0.005)


@pytest.mark.asyncio
async def test_an_outage_stops_nobody_who_holds_a_shard_from_taking_others_later(
    world: World,
) -> None:
    one = world.process("a", count=1)
    await one.until(1)
    two = world.process("b", count=2)
    world.table.out = True
    await two.until(1)
    world.table.out = False
    assert two.shards


@pytest.mark.asyncio
async def test_a_roster_that_is_stopped_takes_no_more(world: World) -> None:
    one = world.process("a", count=1)
    await one.until(1)
    two = world.process("b", count=1)
    two.roster.stop()
    one.die()
    await asyncio.wait_for(asyncio.gather(two._tasks[0]), 5)
    assert two.keepers == []
