"""One listener after another: the lease of the shard, and the session that goes on."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import boto3
import pytest

from gateway_listener.bootstrap import utc_now
from infra.local.emulator import Emulator
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.integration.gateway_listener.fake_discord import entry, join, member
from tests.integration.gateway_listener.machine import Machine, Process
from usher.contracts.observation import AuditEntry, MemberFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"pk": {"S": "SHARD#1#1"}, "sk": {"S": "LEASE#0"}}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


class Table:
    """The table, looked into from outside."""

    def __init__(self, client: "DynamoDBClient", url: str) -> None:
        self.client = client
        self.name = TABLE
        self.environment = {
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "TABLE_NAME": TABLE,
            "LEASE_SECONDS": "3",
        }

    def row(self) -> dict[str, Any]:
        return dict(self.client.get_item(TableName=self.name, Key=KEY).get("Item", {}))

    async def until(self, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                row = await asyncio.to_thread(self.row)
                if holds(row):
                    return row
                await asyncio.sleep(0.05)

    async def kept(self, machine: Machine) -> None:
        """Wait until everything that Discord has sent is known not to be needed again."""
        wanted = str(machine.discord.sequence)
        await self.until(lambda row: row.get("seq", {}).get("N") == wanted)


@pytest.fixture
def table(socket_enabled: None, emulator: Emulator) -> Iterator[Table]:
    emulator.reset()
    client = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=emulator.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    make_table(client)
    yield Table(client, emulator.endpoint_url)
    client.close()


async def listening(machine: Machine, table: Table, name: str) -> Process:
    return await machine.run(machine.environment() | table.environment, name=name)


def handshakes(machine: Machine) -> list[int]:
    return [frame["op"] for frame in machine.discord.handshakes]


def gaps(machine: Machine) -> int:
    return sum(seen.gap for seen in machine.aws.seen)


async def vitals(listener: Process, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Ask for its health until it is as wanted."""
    async with asyncio.timeout(20), aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{listener.port}/health") as answer:
                    told: dict[str, Any] = {**await answer.json(), "status": answer.status}
                    if holds(told):
                        return told
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_after_a_kill_the_next_listener_resumes_and_every_join_comes_once(
    machine: Machine, table: Table
) -> None:
    discord, aws = machine.discord, machine.aws
    first = await listening(machine, table, "first")
    await aws.until_seen(lambda: aws.seen)
    await discord.dispatch(*join(5))
    await aws.until(1)
    await table.kept(machine)
    # When the listener dies, and two join before the next one has the lease
    first.process.kill()
    await first.ended()
    await discord.dispatch(*join(6))
    second = await listening(machine, table, "second")
    waiting = await vitals(second, lambda told: told["waiting"])
    await discord.dispatch(*join(7))
    await aws.until(3)
    # Then they are replayed into a session that goes on, and nothing was missed
    assert waiting["status"] == 200
    assert handshakes(machine) == [2, 6]
    assert aws.joins() == ["5", "6", "7"]
    assert gaps(machine) == 1
    # And each guild is looked at once more, by its name
    assert (await vitals(second, lambda told: not told["unseen"]))["guilds"] == 1
    assert {seen.guild_name for seen in aws.seen} == {"Guild 100"}
    assert not any(path.endswith("/members") for path in discord.asked)
    await table.kept(machine)
    assert table.row()["fence"]["N"] == "2"


@pytest.mark.asyncio
async def test_what_was_not_sent_before_a_kill_is_replayed(machine: Machine, table: Table) -> None:
    discord, aws = machine.discord, machine.aws
    first = await listening(machine, table, "first")
    await aws.until_seen(lambda: aws.seen)
    await table.kept(machine)
    # Given joins that are being gathered and sent no further, while the lease is renewed
    aws.out = True
    await discord.dispatch(*join(5))
    await discord.heartbeat_now()
    kept = table.row()
    await table.until(lambda row: row["expires_at"] != kept["expires_at"])
    assert table.row()["seq"] == kept["seq"]
    first.process.kill()
    await first.ended()
    aws.out = False
    await listening(machine, table, "second")
    await aws.until(1)
    assert handshakes(machine) == [2, 6]
    assert aws.joins() == ["5"]


@pytest.mark.asyncio
async def test_where_the_session_cannot_be_resumed_what_was_missed_is_read(
    machine: Machine, table: Table
) -> None:
    discord, aws = machine.discord, machine.aws
    now = utc_now()
    first = await listening(machine, table, "first")
    await aws.until_seen(lambda: aws.seen)
    await table.kept(machine)
    first.process.kill()
    await first.ended()
    discord.resumable = False
    discord.members = [member(7, now - timedelta(hours=1)), member(8, utc_now())]
    discord.audit_log = [entry(40, utc_now(), "fresh")]
    await listening(machine, table, "second")
    await aws.until_seen(lambda: aws.events(MemberFound))
    assert handshakes(machine) == [2, 6, 2]
    assert [event.person.user_id for event in aws.events(MemberFound)] == ["8"]
    assert [event.code for event in aws.events(AuditEntry)] == ["fresh"]
    assert gaps(machine) == 2
    # And when all of that is sent, the new session is the one to go on with
    await table.kept(machine)


@pytest.mark.asyncio
async def test_a_second_listener_waits_healthy_and_goes_on_where_the_first_ends(
    machine: Machine, table: Table
) -> None:
    discord, aws = machine.discord, machine.aws
    first = await listening(machine, table, "first")
    await aws.until_seen(lambda: aws.seen)
    second = await listening(machine, table, "second")
    waiting = await vitals(second, lambda told: told["waiting"])
    assert (waiting["status"], waiting["connected"], handshakes(machine)) == (200, False, [2])
    # When the first is told to end while people join
    await discord.dispatch(*join(5))
    await discord.heartbeat_now()
    first.process.send_signal(signal.SIGTERM)
    assert await first.ended() == 0
    await discord.dispatch(*join(6))
    await vitals(second, lambda told: told["connected"] and not told["waiting"])
    await discord.dispatch(*join(7))
    await aws.until(3)
    # Then the session went from one to the other and nothing was lost or told twice
    assert aws.joins() == ["5", "6", "7"]
    assert handshakes(machine) == [2, 6]
    assert discord.close_codes == [4000]
    assert gaps(machine) == 1


@pytest.mark.asyncio
async def test_a_listener_that_waits_can_be_told_to_end(machine: Machine, table: Table) -> None:
    await listening(machine, table, "first")
    await machine.aws.until_seen(lambda: machine.aws.seen)
    held = table.row()
    second = await listening(machine, table, "second")
    await vitals(second, lambda told: told["waiting"])
    second.process.send_signal(signal.SIGTERM)
    assert await second.ended() == 0
    assert table.row()["lease_owner"] == held["lease_owner"]


@pytest.mark.asyncio
async def test_a_listener_whose_lease_was_taken_ends_with_one_and_sends_no_more(
    machine: Machine, table: Table
) -> None:
    discord, aws = machine.discord, machine.aws
    listener = await listening(machine, table, "first")
    await aws.until_seen(lambda: aws.seen)
    await table.kept(machine)
    aws.out = True
    await discord.dispatch(*join(5))
    await discord.heartbeat_now()
    other = table.row() | {"lease_owner": {"S": "other"}, "fence": {"N": "2"}}
    table.client.put_item(TableName=TABLE, Item=other)
    assert await listener.ended() == 1
    assert aws.joins() == []
    assert "taken a shard" in str(listener.lines()[-1]["message"])
    assert table.row() == other


@pytest.mark.asyncio
async def test_an_outage_of_the_table_does_not_keep_a_listener_from_beginning(
    machine: Machine, table: Table
) -> None:
    environment = machine.environment() | table.environment | {"TABLE_NAME": "elsewhere"}
    await machine.run(environment, name="first")
    await machine.aws.until_seen(lambda: machine.aws.seen)
    await machine.discord.dispatch(*join(5))
    await machine.aws.until(1)
    # And when the table is there, the lease is taken
    make_table(table.client, "elsewhere")
    table.name = "elsewhere"
    await table.until(lambda row: row)
