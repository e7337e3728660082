"""Waiting for the lease, renewing it, outages, and losing it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from gateway_listener.keeper import LeaseKeeper
from gateway_listener.lease import Lease, LeaseLostError, TableOutError
from gateway_listener.progress import Progress, SessionPoint
from tests.fakes.leases import FakeLeases

LIFE = timedelta(seconds=0.3)


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
        self.keepers: list[LeaseKeeper] = []

    def keeper(self, owner: str = "a") -> LeaseKeeper:
        made = LeaseKeeper(self.table, owner, LIFE, now, self.progress)
        self.keepers.append(made)
        return made


@pytest_asyncio.fixture
async def harness() -> Harness:
    return Harness()


def unheard(_: SessionPoint) -> None:
    raise AssertionError


@pytest.mark.asyncio
async def test_a_free_lease_is_taken_at_once_with_the_point_that_was_kept(
    harness: Harness,
) -> None:
    point = SessionPoint(now(), "old", 3)
    harness.table.lease = Lease("gone", 1, now() - LIFE, point)
    keeper = harness.keeper()
    assert await keeper.take() == point
    assert keeper.held
    assert harness.table.lease.fence == 2
    await keeper.release()


@pytest.mark.asyncio
async def test_a_lease_that_is_renewed_is_waited_for_until_it_is_released(
    harness: Harness,
) -> None:
    first, second = harness.keeper("a"), harness.keeper("b")
    await first.take()
    keeping = asyncio.create_task(first.keep(unheard))
    waiting = asyncio.create_task(second.take())
    await until(lambda: harness.table.renewals >= 5)
    assert not waiting.done()
    # When the first one ends
    harness.progress.moved(SessionPoint(now(), "session", 8))
    keeping.cancel()
    await first.release()
    # Then the second goes on from its last point
    point = await asyncio.wait_for(waiting, 5)
    assert point is not None
    assert point.sequence == 8
    await second.release()


@pytest.mark.asyncio
async def test_a_lease_that_was_taken_is_lost(harness: Harness) -> None:
    keeper = harness.keeper()
    await keeper.take()
    harness.table.lease = Lease("other", 9, now() + LIFE)
    with pytest.raises(LeaseLostError):
        await asyncio.wait_for(keeper.keep(unheard), 5)
    # And it is not given up for the other
    await keeper.release()
    assert harness.table.lease.owner == "other"


@pytest.mark.asyncio
async def test_before_a_connection_a_lost_lease_is_noticed_and_an_outage_is_not_minded(
    harness: Harness,
) -> None:
    keeper = harness.keeper()
    await keeper.take()
    harness.table.out = True
    await keeper.confirm()
    harness.table.out = False
    harness.table.lease = Lease("other", 9, now() + LIFE)
    with pytest.raises(LeaseLostError):
        await keeper.confirm()
    await keeper.release()


@pytest.mark.asyncio
async def test_an_outage_longer_than_the_lease_is_survived(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = harness.keeper()
    await keeper.take()
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
async def test_a_start_in_an_outage_goes_on_without_and_learns_later_what_was_kept(
    harness: Harness,
) -> None:
    point = SessionPoint(now(), "old", 3)
    harness.table.lease = Lease("gone", 1, now() - LIFE, point)
    harness.table.out = True
    keeper = harness.keeper()
    assert await asyncio.wait_for(keeper.take(), 5) is None
    assert not keeper.held
    learnt: list[SessionPoint] = []
    keeping = asyncio.create_task(keeper.keep(learnt.append))
    harness.table.out = False
    await until(lambda: learnt)
    assert learnt == [point]
    assert harness.table.lease.owner == "a"
    keeping.cancel()
    await keeper.release()


@pytest.mark.asyncio
async def test_a_wait_that_is_ended_takes_nothing(harness: Harness) -> None:
    harness.table.lease = held = Lease("other", 1, now() + timedelta(hours=1))
    keeper = harness.keeper()
    waiting = asyncio.create_task(keeper.take())
    await until(lambda: harness.table.reads)
    await keeper.release()
    assert await asyncio.wait_for(waiting, 5) is None
    assert harness.table.lease == held


@pytest.mark.asyncio
async def test_a_release_is_tried_again_in_an_outage(harness: Harness) -> None:
    keeper = harness.keeper()
    await keeper.take()
    harness.table.fail_next = 2
    await keeper.release()
    assert harness.table.lease is not None
    assert harness.table.lease.expires_at <= now()


def test_the_fake_refuses_as_the_table_does() -> None:
    table = FakeLeases(out=True)
    with pytest.raises(TableOutError):
        table.read()
