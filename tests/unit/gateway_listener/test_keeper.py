"""Taking a lease, renewing it, outages, and losing it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease import Lease, LeaseLostError, TableOutError
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.table_thread import TableThread
from tests.fakes.leases import FakeLeases

LIFE = timedelta(seconds=0.3)
SHARD = 3


def now() -> datetime:
    return datetime.now(UTC)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the keeper's own pace
            await asyncio.sleep(0.005)


class Harness:
    def __init__(self) -> None:
        self.table = FakeLeases()
        self.progress = Progress(SessionPoint(now(), "session", 7))
        self.thread = TableThread()

    @property
    def lease(self) -> Lease:
        return self.table.rows[SHARD]

    @lease.setter
    def lease(self, lease: Lease) -> None:
        self.table.rows[SHARD] = lease

    def keeper(self, owner: str = "a", life: timedelta = LIFE) -> LeaseKeeper:
        return LeaseKeeper(self.table, SHARD, owner, life, now, self.progress, self.thread)

    async def taken(self, owner: str = "a") -> LeaseKeeper:
        keeper = self.keeper(owner)
        assert await keeper.take(self.table.rows.get(SHARD))
        return keeper


@pytest_asyncio.fixture
async def harness() -> AsyncIterator[Harness]:
    made = Harness()
    yield made
    made.thread.close()


def unheard(_: SessionPoint) -> None:
    raise AssertionError


@pytest.mark.asyncio
async def test_a_lease_that_ran_out_is_taken_with_the_point_that_was_kept(
    harness: Harness,
) -> None:
    point = SessionPoint(now(), "old", 3)
    harness.lease = Lease("gone", 1, now() - LIFE, point)
    keeper = await harness.taken()
    assert keeper.held
    assert keeper.point == point
    assert harness.lease.fence == 2
    await keeper.release()


@pytest.mark.asyncio
async def test_a_lease_is_not_taken_while_it_lives_nor_once_it_was_taken_by_another(
    harness: Harness,
) -> None:
    await harness.taken("a")
    second = harness.keeper("b")
    assert not await second.take(harness.lease)
    found = harness.lease = Lease("gone", 1, now() - LIFE)
    await harness.taken("c")
    assert not await second.take(found)
    assert not second.held
    assert harness.lease.owner == "c"


@pytest.mark.asyncio
async def test_who_comes_after_a_release_goes_on_from_the_last_point(harness: Harness) -> None:
    first = await harness.taken("a")
    harness.progress.moved(SessionPoint(now(), "session", 8))
    await first.release()
    second = await harness.taken("b")
    assert second.point is not None
    assert second.point.sequence == 8
    await second.release()


@pytest.mark.asyncio
async def test_a_lease_that_was_taken_is_lost(harness: Harness) -> None:
    keeper = await harness.taken()
    harness.lease = Lease("other", 9, now() + LIFE)
    with pytest.raises(LeaseLostError):
        await asyncio.wait_for(keeper.keep(unheard), 5)
    # And it is not given up for the other
    await keeper.release()
    assert harness.lease.owner == "other"


@pytest.mark.asyncio
async def test_before_a_connection_a_lost_lease_is_noticed_and_an_outage_is_not_minded(
    harness: Harness,
) -> None:
    keeper = await harness.taken()
    harness.table.out = True
    await keeper.confirm()
    harness.table.out = False
    harness.lease = Lease("other", 9, now() + LIFE)
    with pytest.raises(LeaseLostError):
        await keeper.confirm()
    await keeper.release()


@pytest.mark.asyncio
async def test_a_new_session_is_kept_at_once(harness: Harness) -> None:
    keeper = harness.keeper(life=timedelta(hours=1))
    assert await keeper.take(None)
    keeping = asyncio.create_task(keeper.keep(unheard))
    harness.progress.moved(SessionPoint(now(), "session", 8))
    await asyncio.sleep(0.05)
    assert harness.table.renewals == 0

    harness.progress.moved(SessionPoint(now(), "another", 1))

    await until(lambda: harness.table.renewals)
    assert harness.lease.point is not None
    assert harness.lease.point.session_id == "another"
    keeping.cancel()
    await keeper.release()


@pytest.mark.asyncio
async def test_an_outage_longer_than_the_lease_is_survived(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = await harness.taken()
    keeping = asyncio.create_task(keeper.keep(unheard))
    harness.table.out = True
    await until(lambda: harness.table.failures >= 8)
    harness.table.out = False
    renewals = harness.table.renewals
    await until(lambda: harness.table.renewals > renewals)
    assert not keeping.done()
    assert caplog.text.count("does not answer") == 1
    keeping.cancel()
    await keeper.release()


@pytest.mark.asyncio
async def test_who_listens_without_a_lease_learns_later_what_was_kept(harness: Harness) -> None:
    point = SessionPoint(now(), "old", 3)
    harness.lease = Lease("gone", 1, now() - LIFE, point)
    harness.table.out = True
    keeper = harness.keeper()
    learnt: list[SessionPoint] = []
    keeping = asyncio.create_task(keeper.keep(learnt.append))
    await until(lambda: harness.table.failures)
    assert not keeper.held
    harness.table.out = False
    await until(lambda: learnt)
    assert learnt == [point]
    assert harness.lease.owner == "a"
    keeping.cancel()
    await keeper.release()


@pytest.mark.asyncio
async def test_after_the_end_nothing_is_taken(harness: Harness) -> None:
    keeper = harness.keeper()
    await keeper.release()
    assert not await keeper.take(None)
    assert harness.table.rows == {}


@pytest.mark.asyncio
async def test_a_release_is_tried_again_in_an_outage(harness: Harness) -> None:
    keeper = await harness.taken()
    harness.table.fail_next = 2
    await keeper.release()
    assert harness.lease.expires_at <= now()


def test_the_fake_refuses_as_the_table_does() -> None:
    table = FakeLeases(out=True)
    with pytest.raises(TableOutError):
        table.leases()
