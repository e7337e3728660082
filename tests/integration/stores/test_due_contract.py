"""The due-time index: the fake, and the table in both emulations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.timing import FakeDueIndex
from tests.integration.front.conftest import SdkCaller
from tests.integration.stores.conftest import aws, dynamo_guilds
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.times import format_time
from usher.timing.due import SHARDS, Due, DueIndex, partition, shard_of
from usher.timing.reads import DynamoDueIndex


@dataclass
class World:
    """An index, and a way to fill it."""

    index: DueIndex
    client: Any = None

    def put(self, rows: Iterable[Due]) -> None:
        for row in rows:
            if isinstance(self.index, FakeDueIndex):
                self.index.rows.append(row)
                continue
            fields = {
                "pk": f"G#{row.guild_id}",
                "sk": row.key,
                "due": partition(shard_of(row.guild_id)),
                "due_at": format_time(row.at),
                "cur": "what the index does not hold",
            }
            item = {name: {"S": value} for name, value in fields.items()}
            self.client.put_item(TableName=TABLE, Item=item)


@pytest.fixture(params=["fake", "moto", "emulator"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if request.param == "fake":
        yield World(FakeDueIndex())
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        client.put_item(TableName=TABLE, Item={"pk": {"S": "G#1"}, "sk": {"S": "timeless"}})
        yield World(DynamoDueIndex(DynamoReads(SdkCaller(client), TABLE)), client)
        client.close()


def due(world: World, seconds: float, limit: int = 100, guild: GuildId = GUILD) -> list[Due]:
    return list(islice(world.index.due(shard_of(guild), at(seconds)), limit))


def test_what_is_due_comes_oldest_first_and_the_rest_not_yet(world: World) -> None:
    rows = [Due(GUILD, f"I#{n}", at(n)) for n in (30, 10.5, 20)]
    world.put([*rows, Due(GUILD, "T#later", at(31))])

    assert due(world, 30) == sorted(rows, key=lambda row: row.at)
    assert due(world, 9) == []


def test_who_takes_some_gets_the_oldest(world: World) -> None:
    world.put(Due(GUILD, f"I#{n:02}", at(n)) for n in range(12))

    assert [row.at for row in due(world, 60, limit=5)] == [at(n) for n in range(5)]


def test_every_guild_is_in_one_shard(world: World) -> None:
    guilds = [GuildId(str(n)) for n in range(10, 40)]
    world.put(Due(guild, "I#abc", at(1)) for guild in guilds)

    found = [row for shard in range(SHARDS) for row in world.index.due(shard, at(2))]

    assert sorted(row.guild_id for row in found) == sorted(guilds)
    assert len({shard_of(guild) for guild in guilds}) == SHARDS
