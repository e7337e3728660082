"""Several listeners, several shards: shared by leases, taken over, begun in turn."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import boto3
import pytest
import pytest_asyncio

from gateway_listener.lease_table import LEASE
from gateway_listener.shard import shard_of
from infra.local.emulator import Emulator
from infra.practice import GatewayTerms, Practice, PracticeServer
from infra.practice.gateway.session import Outlet, Session
from infra.practice.json_types import JsonObject
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.integration.gateway_listener.machine import Machine, Process
from tests.integration.gateway_listener.ringing import NAMESPACE, Alarm
from usher.contracts.observation import MemberFound, MemberSearched
from usher.ids import GuildId

COUNT = 4
QUICK = GatewayTerms(shards=COUNT, max_concurrency=COUNT, identify_window=0)


MINUTE = 1.5
"""Seconds of a minute of an alarm's period."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(alarm_minute=MINUTE) as running:
        yield running


@dataclass
class Town:
    """Practice Discord with a guild in each shard, and listeners of it."""

    practice: Practice
    machine: Machine
    environment: dict[str, str]
    table: Any
    codes: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Guild and invite by shard."""
    refused: int = 0
    """IDENTIFYs that came too early."""

    def found(self) -> None:
        while len(self.codes) < COUNT:
            guild = self.practice.create_guild("Town").id
            invite = self.practice.create_invite(guild, self.practice.world.guild(guild).owner_id)
            self.codes[shard_of(GuildId(guild), COUNT)] = guild, invite

    def count_refusals(self) -> None:
        hub = self.practice.gateway
        identify = hub.identify

        def counting(data: JsonObject, outlet: Outlet, gateway_url: str) -> Session | None:
            session = identify(data, outlet, gateway_url)
            self.refused += session is None
            return session

        hub.identify = counting  # type: ignore[method-assign] # only looks on

    async def listener(self, name: str, **settings: str) -> Process:
        environment = self.machine.environment() | self.environment
        return await self.machine.run(environment | settings, name=name)

    async def kept(self) -> None:
        """Wait until the table has a session for every shard, from which another can go on."""
        async with asyncio.timeout(20):
            while True:
                if sum("session_id" in row for row in self._leases()) == COUNT:
                    return
                await asyncio.sleep(0.05)

    def _leases(self) -> list[dict[str, Any]]:
        query = {
            "FilterExpression": "begins_with(sk, :lease)",
            "ExpressionAttributeValues": {":lease": {"S": LEASE}},
        }
        rows: list[dict[str, Any]] = self.table.scan(TableName=TABLE, ConsistentRead=True, **query)[
            "Items"
        ]
        return rows

    def join(self, shard: int) -> str:
        guild, code = self.codes[shard]
        return self.practice.join(guild, code, user="newcomer").user_id

    @property
    def identified(self) -> int:
        terms = self.practice.gateway.terms
        return terms.identifies_per_day - self.practice.gateway.identifies_left


@pytest_asyncio.fixture
async def town(socket_enabled: None, machine: Machine, emulator: Emulator) -> AsyncIterator[Town]:
    emulator.reset()
    client = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=emulator.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    make_table(client)
    practice = Practice(gateway=QUICK)
    machine.aws.token = practice.bot_token
    async with PracticeServer(practice) as server:
        environment = {
            "DISCORD_API_BASE": server.api_base,
            "AWS_ENDPOINT_URL_DYNAMODB": emulator.endpoint_url,
            "TABLE_NAME": TABLE,
            "LEASE_SECONDS": "2",
        }
        made = Town(practice, machine, environment, client)
        made.found()
        made.count_refusals()
        yield made
        await machine.stack.aclose()
    client.close()
    for log in machine.folder.glob("*.log"):
        print(log.name, log.read_text(), sep="\n")  # noqa: T201 - shown where the test fails


async def health(
    listener: Process, holds: Callable[[dict[str, Any]], object], seconds: float = 30
) -> dict[str, Any]:
    async with asyncio.timeout(seconds), aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{listener.port}/health") as answer:
                    told: dict[str, Any] = await answer.json()
                    if holds(told):
                        return told
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


def holding(number: int) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["connected"] and len(told["shards"]) == number and not told["unseen"]


def shards_of(told: dict[str, Any]) -> set[int]:
    return {one["shard"] for one in told["shards"]}


@pytest.mark.asyncio
async def test_the_shards_of_a_dead_listener_are_resumed_by_another_and_no_join_is_lost(
    town: Town,
) -> None:
    # Given two listeners that share four shards
    first = await town.listener("first", MOST_SHARDS="2")
    ours = shards_of(await health(first, holding(2)))
    second = await town.listener("second")
    theirs = shards_of(await health(second, holding(2)))
    assert ours | theirs == set(range(COUNT))
    assert town.identified == COUNT
    await town.kept()
    # When one dies while people join everywhere
    first.process.kill()
    await first.ended()
    joined = [town.join(shard) for shard in range(COUNT)]
    # Then the other has all shards within the life of a lease, by RESUME
    told = await health(second, holding(COUNT))
    assert shards_of(told) == set(range(COUNT))
    assert told["guilds"] == len(town.practice.world.state.guilds)
    joined += [town.join(shard) for shard in range(COUNT)]
    await town.machine.aws.until(2 * COUNT)
    assert sorted(town.machine.aws.joins()) == sorted(joined)
    assert town.identified == COUNT


@pytest.mark.asyncio
async def test_shards_that_a_dead_listener_had_ring_until_somebody_has_them(
    town: Town, emulator: Emulator
) -> None:
    telling = {
        "MOST_SHARDS": "2",
        "HEARTBEAT_SECONDS": str(MINUTE / 3),
        "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
    }
    async with Alarm("ShardsUnheld", emulator, MINUTE) as alarm:

        async def begun(name: str, shards: int) -> Process:
            listener = await town.listener(name, **telling)
            alarm.hear(listener)
            await health(listener, lambda told: told["waiting"] or holding(shards)(told))
            return listener

        # Given two listeners that have two of four shards each
        first, second = await begun("first", 2), await begun("second", 2)
        await alarm.becomes("OK")
        before = alarm.rung()

        # When one hands over to the next, nobody is called
        third = await begun("third", 0)
        first.process.terminate()
        await health(third, holding(2))
        await first.ended()
        assert alarm.rung() == before

        # When one dies that nobody follows, its shards are missed, though the other is well
        third.process.kill()
        await alarm.becomes("ALARM")
        assert (await health(second, holding(2)))["ailments"] == []

        # And they are not any more once somebody has them
        await begun("fourth", 2)
        await alarm.becomes("OK")


@pytest.mark.asyncio
async def test_no_two_identify_by_one_key_within_five_seconds(town: Town) -> None:
    town.practice.gateway.terms = GatewayTerms(shards=COUNT, max_concurrency=2)
    first = await town.listener("first", MOST_SHARDS="2")
    second = await town.listener("second", MOST_SHARDS="2")
    await asyncio.gather(health(first, holding(2)), health(second, holding(2)))
    assert (town.identified, town.refused) == (COUNT, 0)


@pytest.mark.asyncio
async def test_the_last_starts_of_the_day_are_kept(town: Town) -> None:
    terms = GatewayTerms(max_concurrency=1, identify_window=0, identifies_per_day=9)
    town.practice.gateway.terms = terms
    listener = await town.listener("only")

    def waits(_: dict[str, Any]) -> bool:
        return any("session starts left" in str(line.get("message")) for line in listener.lines())

    await health(listener, waits)
    assert town.identified == 0


@pytest.mark.asyncio
async def test_another_number_of_shards_is_an_absence_that_is_read(town: Town) -> None:
    # Given a listener of four shards that dies, and somebody who joins unseen
    first = await town.listener("first")
    await health(first, holding(COUNT))
    town.practice.faults.index_lag(0)
    first.process.kill()
    await first.ended()
    missed = town.join(0)
    # When the next one has one shard alone
    second = await town.listener("second", SHARD_COUNT="1")
    told = await health(second, holding(1))
    assert (told["count"], told["guilds"]) == (1, len(town.practice.world.state.guilds))

    # Then the join is found in Discord's records
    def found() -> set[str]:
        events = [event for seen in town.machine.aws.seen for event in seen.events]
        kinds = (MemberFound, MemberSearched)
        return {event.person.user_id for event in events if isinstance(event, kinds)}

    await town.machine.aws.until_seen(lambda: missed in found())
