"""Greetings in the table: the fake, and both emulations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at, changed, joined, left, look, observe, row
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.greeting import FakeMarks
from tests.fakes.worker import Worker
from tests.integration.front.conftest import SdkCaller
from tests.integration.stores.conftest import StoredGuilds, aws, dynamo_guilds
from usher.contracts.observation import Observation
from usher.greeting.ports import Marks
from usher.greeting.settings import Occasion
from usher.greeting.store import SORT_KEY, WRITTEN, DynamoMarks, DynamoRecords
from usher.ids import ChannelId, UserId
from usher.platform.dynamo_reads import DynamoReads

MEMBER = UserId("7")


def welcome(key: str, value: str | None, id_: str) -> Observation:
    return observe(changed(f"welcome#{key}", value, id_), id=id_)


def test_what_is_switched_on_is_greeted(table: StoredGuilds) -> None:
    made = Worker(guilds=table.guilds)
    assert made.guilds.greets(GUILD) == frozenset()
    made.handle(welcome("state", "on", "d1"), welcome("message", "Hi", "d2"))
    assert made.guilds.greets(GUILD) == {Occasion.WELCOME}
    made.handle(welcome("state", None, "d3"))
    assert made.guilds.greets(GUILD) == frozenset()


def test_who_joined_with_the_screening_before_them_is_known(stored: StoredGuilds) -> None:
    made = Worker(guilds=stored.guilds)
    codes = look(row("abc", 3), seconds=0)
    held, free = replace(joined("7"), pending=True), joined("8", 11)
    made.handle(observe(look=codes, seconds=0), observe(held, free, look=look(row("abc", 5))))
    asked = [(MEMBER, at(10)), (UserId("8"), at(11)), (UserId("9"), at(10)), (MEMBER, at(99))]
    assert made.guilds.screened(GUILD, asked) == {(MEMBER, at(10))}


def test_who_went_is_remembered_with_the_observation(stored: StoredGuilds) -> None:
    made = Worker(guilds=stored.guilds)
    made.handle(observe(look=look(row("abc", 3), seconds=0), seconds=0))
    made.handle(observe(joined("7"), look=look(row("abc", 4))))
    leave = observe(left("7", 30), left("8", 31), seconds=32)
    made.handle(leave)
    loaded = made.guilds.load(leave)
    assert loaded.done
    assert [(one.user_id, one.joined_at, one.at) for one in loaded.ended] == [
        (MEMBER, at(10), at(30)),
        (UserId("8"), None, at(31)),
    ]


@dataclass
class Bench:
    """The effects door's side of a table, and the worker's."""

    marks: DynamoMarks
    records: DynamoRecords
    worker: Worker
    client: Any


@pytest.fixture(params=["moto", "emulator"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with aws(request.param, request, monkeypatch), dynamo_guilds() as stored:
        client: Any = boto3.client("dynamodb", region_name=REGION)
        caller = SdkCaller(client)
        records = DynamoRecords(DynamoReads(caller, TABLE))
        yield Bench(DynamoMarks(caller, TABLE), records, Worker(guilds=stored.guilds), client)
        client.close()


@pytest.fixture(params=["fake", "moto", "emulator"])
def marks(request: pytest.FixtureRequest) -> Iterator[Marks]:
    if request.param == "fake":
        yield FakeMarks()
        return
    monkeypatch = request.getfixturevalue("monkeypatch")
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        yield DynamoMarks(SdkCaller(client), TABLE)
        client.close()


def test_greetings_are_numbered_within_their_minute_until_they_are_settled(marks: Marks) -> None:
    def place(id_: str, seconds: float = 0, occasion: Occasion = Occasion.WELCOME) -> int | None:
        return marks.place(GUILD, occasion, id_, at(seconds))

    assert [place("a"), place("b"), place("a"), place("c", 59)] == [1, 2, 1, 3]
    assert place("d", 60) == 1
    assert place("e", occasion=Occasion.FAREWELL) == 1
    marks.settle("a", "sent", at(1))
    assert place("a") is None
    assert place("b", 70) == 2


def test_settings_and_records_are_read_as_the_worker_wrote_them(bench: Bench) -> None:
    made = bench.worker
    made.handle(observe(look=look(row("abc", 3), seconds=0), seconds=0))
    made.handle(observe(joined("7"), look=look(row("abc", 4))))
    for number, (key, value) in enumerate({"state": "on", "channel_id": "5"}.items()):
        made.handle(welcome(key, value, f"d{number}"))
    greeting = bench.records.greeting(GUILD, Occasion.WELCOME)
    assert (greeting.on, greeting.channel_id) == (True, ChannelId("5"))
    found = bench.records.origin(GUILD, MEMBER)
    assert found is not None
    assert (found.inviter_id, found.code, found.joined_at) == ("900", "abc", at(10))
    assert bench.records.tally(GUILD, UserId("900")).effective == 1
    assert bench.records.origin(GUILD, UserId("8")) is None


def test_rows_hold_the_attributes_that_the_role_allows(bench: Bench) -> None:
    bench.marks.place(GUILD, Occasion.WELCOME, "a", at(0))
    bench.marks.settle("a", "sent", at(0))
    rows = bench.client.scan(TableName=TABLE)["Items"]
    assert {name for one in rows for name in one} == {*WRITTEN}
    assert all(one["pk"]["S"].startswith("GREET#") and one["sk"]["S"] == SORT_KEY for one in rows)
