"""New sessions begin one at a time a key, whoever begins them, and only while the day allows it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio

from gateway_listener.identify import HANDSHAKE, SPACING, IdentifyGate, Terms, Turn, TurnLostError
from gateway_listener.lease import TableOutError
from gateway_listener.table_thread import TableThread
from tests.fakes.leases import FakeTurns

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class World:
    """A clock that sleeping moves on, a table, and what Discord answers."""

    def __init__(self) -> None:
        self.now = NOON
        self.turns = FakeTurns()
        self.thread = TableThread()
        self.terms = Terms("wss://gateway", 4, 900, timedelta(hours=1), 1)
        self.identified: list[tuple[int, datetime]] = []
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def ask(self) -> Terms:
        return self.terms

    def gate(self, owner: str = "a") -> IdentifyGate:
        return IdentifyGate(self.turns, owner, self.ask, self.clock, self.thread, self.sleep)

    async def identify(self, gate: IdentifyGate, shard: int) -> None:
        async with gate.turn(shard):
            await gate.identifying(shard)
            self.identified.append((shard, self.now))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        end = self.now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, end)
        if seconds >= 3600:
            self.terms = replace(self.terms, remaining=1000)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    made.thread.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("concurrency", [1, 2, 16])
async def test_two_processes_identify_once_a_key_in_five_seconds(
    world: World, concurrency: int
) -> None:
    world.terms = replace(world.terms, max_concurrency=concurrency)
    one, two = world.gate("a"), world.gate("b")
    await asyncio.gather(*(world.identify((one, two)[n % 2], n) for n in range(8)))
    assert sorted(shard for shard, _ in world.identified) == list(range(8))
    for key in range(concurrency):
        moments = sorted(at for shard, at in world.identified if shard % concurrency == key)
        gaps = [late - early for early, late in pairwise(moments)]
        assert all(gap >= timedelta(seconds=5) for gap in gaps)
    assert world.now - NOON < 2 * (8 / concurrency + 1) * SPACING


@pytest.mark.asyncio
async def test_a_turn_that_was_not_used_is_free_at_once(world: World) -> None:
    gate = world.gate()
    with pytest.raises(ConnectionError):
        async with gate.turn(0):
            raise ConnectionError
    await world.identify(world.gate("b"), 0)
    assert world.now == NOON


@pytest.mark.asyncio
async def test_a_turn_of_a_process_that_died_in_its_handshake_is_free_later(world: World) -> None:
    world.turns.held[0] = Turn("gone", NOON + HANDSHAKE)
    await world.identify(world.gate(), 0)
    assert world.now - NOON >= HANDSHAKE


@pytest.mark.asyncio
async def test_whose_handshake_took_too_long_does_not_identify(world: World) -> None:
    slow = world.gate("a")
    async with slow.turn(0):
        world.now += HANDSHAKE
        await world.identify(world.gate("b"), 0)
        with pytest.raises(TurnLostError):
            await slow.identifying(0)
    assert len(world.identified) == 1
    # And what the other one was granted still stands
    assert world.turns.held[0].until == world.now + SPACING


@pytest.mark.asyncio
async def test_too_few_starts_of_the_day_are_not_used_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.terms = replace(world.terms, remaining=9)
    await world.identify(world.gate(), 0)
    assert 3600 in world.slept
    assert "9 session starts left" in caplog.text
    # And nobody was kept from asking meanwhile
    assert world.turns.held[0].until == world.now + SPACING


@pytest.mark.asyncio
async def test_a_gateway_that_does_not_answer_costs_no_turn(world: World) -> None:
    gate = IdentifyGate(world.turns, "a", _refuse, world.clock, world.thread, world.sleep)
    with pytest.raises(OSError, match="away"):
        async with gate.turn(0):
            raise AssertionError
    assert world.turns.held[0].until == NOON


@pytest.mark.asyncio
async def test_in_an_outage_of_the_table_the_shards_of_a_process_still_take_turns(
    world: World,
) -> None:
    gate = IdentifyGate(_Out(), "a", world.ask, world.clock, world.thread, world.sleep)
    await asyncio.gather(*(world.identify(gate, shard) for shard in range(3)))
    moments = [at for _, at in world.identified]
    assert moments[2] - moments[0] >= 2 * timedelta(seconds=5)


async def _refuse() -> Terms:
    raise OSError("away")


class _Out:
    def turn(self, key: int) -> Turn | None:
        raise TableOutError("out")

    def replace_turn(self, key: int, held: Turn | None, wanted: Turn) -> bool:
        raise TableOutError("out")
