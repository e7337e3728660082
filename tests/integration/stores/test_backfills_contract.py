"""The row of a guild's backfill: as the fake, on moto, and on the emulator; and what it reads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import boto3
import pytest

from tests.builders import GUILD, at, joined, look, observe, row
from tests.fakes.backfill import FakeBackfills, FakeSteps
from tests.fakes.cloud import REGION, TABLE, make_table, rows
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import aws
from usher.attribution.backfill_ports import Backfills
from usher.attribution.backfill_reads import START_SECONDS, BackfillDesk
from usher.attribution.backfill_state import Backfill, Hurdle, Place, Road, Status
from usher.attribution.backfill_store import DynamoBackfills
from usher.attribution.store import DynamoGuilds
from usher.ids import GuildId, UserId
from usher.platform.dynamo import Transactor, bind
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, SignedClient

FIRST = Backfill("1001", UserId("42"), at(0), at(1), at(0))
LATER = replace(
    FIRST,
    status=Status.STOPPED,
    page=3,
    after=Place(UserId("7"), 1_700_000_000_123),
    awaited="import.1001.abc.2",
    ending=Status.DONE,
    hurdle=Hurdle.LIMIT,
    finished_at=at(9),
    roads={Road.INVITE: 7, Road.SILENT: 2},
    news=5,
    named=True,
)


@dataclass
class Bench:
    """Backfills in the table, and a worker that writes to it."""

    backfills: DynamoBackfills
    worker: Worker


@contextmanager
def in_the_table(
    where: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    with aws(where, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        client.close()
        connection = bind(TABLE, REGION)
        guilds = DynamoGuilds(Transactor(connection), lambda: datetime.now(UTC))
        yield Bench(DynamoBackfills(), Worker(guilds=guilds))
        connection.client.close()


@pytest.fixture(params=["moto", "emulator"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with in_the_table(request.param, request, monkeypatch) as made:
        yield made


@pytest.fixture(params=["fake", "moto", "emulator"])
def backfills(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Backfills]:
    if request.param == "fake":
        yield FakeBackfills()
        return
    with in_the_table(request.param, request, monkeypatch) as made:
        yield made.backfills


def test_there_is_none_at_first(backfills: Backfills) -> None:
    assert backfills.read(GUILD) is None
    assert backfills.guild_name(GUILD) == ""


def test_what_is_written_is_read_with_the_next_version(backfills: Backfills) -> None:
    assert backfills.write(GUILD, FIRST)
    assert backfills.read(GUILD) == replace(FIRST, version=1)

    assert backfills.write(GUILD, replace(LATER, version=1))

    assert backfills.read(GUILD) == replace(LATER, version=2)
    assert backfills.read(GuildId("2")) is None


def test_who_is_late_writes_nothing(backfills: Backfills) -> None:
    assert backfills.write(GUILD, FIRST)

    assert not backfills.write(GUILD, LATER)
    assert not backfills.write(GUILD, replace(LATER, version=2))

    assert backfills.read(GUILD) == replace(FIRST, version=1)


def test_records_name_and_marks_are_the_workers(bench: Bench) -> None:
    seen = observe(joined("7", 10), look=look(row("abc", 3), seconds=11), id="seen")
    bench.worker.handle(seen)

    assert bench.backfills.guild_name(GUILD) == "A guild"
    records = bench.backfills.records(GUILD, [UserId("7"), UserId("8")])
    assert {user: record.joined_at for user, record in records.items()} == {"7": at(10)}
    assert bench.backfills.applied(GUILD, "seen")
    assert not bench.backfills.applied(GUILD, "unseen")


def test_a_command_reads_what_the_confirmer_wrote(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = FakeSteps()
    with in_the_table("emulator", request, monkeypatch) as bench:
        client = SignedClient(DYNAMODB, os.environ)
        desk = BackfillDesk(DynamoReads(client, TABLE), steps)
        assert desk.state(GUILD) is None
        bench.backfills.write(GUILD, LATER)

        assert desk.state(GUILD) == replace(LATER, version=1)
        client.close()

    desk.begin(GUILD, "1001", UserId("7"), UserId("42"), at(0), "token")
    [(step, delay)] = steps.waiting
    assert (step.run, step.user_id, step.started_by, step.page) == ("1001", "7", "42", None)
    assert (step.token, step.token_until, delay) == ("token", at(840), START_SECONDS)


def test_the_row_has_attributes_of_its_own(bench: Bench) -> None:
    bench.backfills.write(GUILD, FIRST)

    [item] = rows(prefix="BACKFILL")
    assert set(item) == {"pk", "sk", "backfill", "backfill_version"}
