"""Rewards in the table: the fake, and both emulations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at, changed, granted, joined, left, look, observe, row
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.rewards import FakeRewardRows
from tests.fakes.worker import Worker
from tests.integration.front.conftest import SdkCaller
from tests.integration.stores.conftest import aws, dynamo_guilds
from usher.contracts.effect import CheckStanding
from usher.credit.queries import Tally
from usher.ids import RoleId, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.rewards.hierarchy import Obstacle
from usher.rewards.milestones import Day
from usher.rewards.ports import Rows
from usher.rewards.problems import Problem
from usher.rewards.queries import Achievement
from usher.rewards.ranks import Mode, Rank
from usher.rewards.reads import DynamoRewardReads
from usher.rewards.store import WRITTEN, DynamoRewardRows
from usher.times import format_time
from usher.timing.due import shard_of
from usher.timing.reads import DynamoDueIndex

IDA = UserId("900")


@dataclass
class Bench:
    """The table's side, and what else sees the same rows."""

    rows: DynamoRewardRows
    reads: DynamoRewardReads
    index: DynamoDueIndex
    worker: Worker
    client: Any

    def due(self) -> list[tuple[str, str]]:
        found = self.index.due(shard_of(GUILD), at(10_000))
        return [(one.key, format_time(one.at)) for one in found]


def bench_over(guilds: Any) -> Bench:  # noqa: ANN401 - the store under the worker
    client: Any = boto3.client("dynamodb", region_name=REGION)
    caller = SdkCaller(client)
    reads = DynamoReads(caller, TABLE)
    return Bench(
        DynamoRewardRows(caller, TABLE),
        DynamoRewardReads(reads),
        DynamoDueIndex(reads),
        Worker(guilds=guilds),
        client,
    )


@pytest.fixture(params=["moto", "emulator"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with aws(request.param, request, monkeypatch), dynamo_guilds() as stored:
        made = bench_over(stored.guilds)
        yield made
        made.client.close()


@pytest.fixture(params=["fake", "moto", "emulator"])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    if request.param == "fake":
        yield FakeRewardRows()
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds() as stored:
        made = bench_over(stored.guilds)
        yield made.rows
        made.client.close()


def test_a_problem_is_kept_until_it_is_closed_and_counted_then(rows: Rows) -> None:
    first = Problem("8", Obstacle.ABOVE, 0, 2, told=True, user_id=UserId("7"), due_at=at(60))
    assert rows.problem(GUILD, "8") == (None, 0)

    rows.keep(GUILD, first)
    assert rows.problem(GUILD, "8") == (first, 0)
    rows.close(GUILD, first)
    assert rows.problem(GUILD, "8") == (None, 1)

    second = Problem("8", Obstacle.GONE, 1, retired=RoleId("8"), due_at=at(90))
    rows.keep(GUILD, second)
    assert rows.problem(GUILD, "8") == (second, 1)


def test_an_appointment_is_made_moved_and_cancelled(rows: Rows) -> None:
    assert rows.appointment(GUILD, IDA) is None

    rows.appoint(GUILD, IDA, at(60))
    rows.appoint(GUILD, IDA, at(50))
    assert rows.appointment(GUILD, IDA) == format_time(at(50))
    rows.appoint(GUILD, IDA, None)
    assert rows.appointment(GUILD, IDA) is None


def test_milestones_are_recorded_once(rows: Rows) -> None:
    rows.record(GUILD, IDA, "invites-1", at(0))
    rows.record(GUILD, IDA, "invites-1", at(5))
    rows.record(GUILD, UserId("9001"), "invites-10", at(5))

    assert rows.achieved(GUILD, IDA) == {"invites-1"}


def test_what_is_written_is_read_by_commands_and_found_when_it_is_due(bench: Bench) -> None:
    bench.rows.record(GUILD, IDA, "invites-10", at(9))
    bench.rows.record(GUILD, IDA, "invites-1", at(5))
    bench.rows.record(GUILD, IDA, "invites-1", at(50))
    lasting = Problem("8", Obstacle.PERMISSION, due_at=at(60))
    bench.rows.keep(GUILD, lasting)
    bench.rows.keep(GUILD, Problem("9", Obstacle.ABOVE, due_at=at(70)))
    bench.rows.appoint(GUILD, IDA, at(80))
    mended, _ = bench.rows.problem(GUILD, "9")
    assert mended is not None
    bench.rows.close(GUILD, mended)

    assert bench.reads.achievements(GUILD, IDA) == (
        Achievement("invites-1", at(5)),
        Achievement("invites-10", at(9)),
    )
    assert bench.reads.problems(GUILD) == (lasting,)
    assert bench.due() == [
        ("T#rank#8", format_time(at(60))),
        (f"T#check#{IDA}", format_time(at(80))),
    ]


def test_nothing_is_written_but_what_the_role_allows(bench: Bench) -> None:
    bench.rows.record(GUILD, IDA, "invites-10", at(9))
    bench.rows.keep(GUILD, Problem("8", Obstacle.ABOVE, due_at=at(60)))
    bench.rows.appoint(GUILD, IDA, at(80))

    items = bench.client.scan(TableName=TABLE)["Items"]
    assert {name for item in items for name in item} <= set(WRITTEN)


def test_counters_and_settings_are_those_of_the_event_worker(bench: Bench) -> None:
    # Given two brought by Ida, one of whom has left, and ranks that an admin has set
    codes = row("abc", 3)
    bench.worker.handle(
        observe(look=look(codes, seconds=0), seconds=0),
        observe(
            joined("1", 10), joined("2", 10.5), look=look(row("abc", 5), seconds=11), seconds=11
        ),
        observe(left("1", 30), seconds=31),
        observe(granted("901", 4, "g"), seconds=35),
        observe(changed("rank#8", "10", "a"), seconds=40),
        observe(changed("rank#9", "3 trusted", "b"), seconds=41),
        observe(changed("guild#rewards", "on", "c"), seconds=42),
        observe(changed("guild#rank_mode", "highest", "d"), seconds=43),
        observe(changed("guild#milestones", "1,5", "e", 44), seconds=44),
        observe(changed("guild#milestone_channel_id", "77", "f", 45), seconds=45),
    )

    tally = Tally(tracked=2, left=1)
    assert bench.rows.tally(GUILD, IDA) == tally
    assert bench.rows.tally(GUILD, UserId("5")) is None
    assert bench.rows.days(GUILD, IDA) == [Day(at(10).date(), tally)]
    settings = bench.rows.settings(GUILD)
    assert settings == bench.reads.settings(GUILD)
    assert (settings.on, settings.mode) == (True, Mode.HIGHEST)
    assert settings.ranks == (Rank(RoleId("9"), 3, trusted=True), Rank(RoleId("8"), 10))
    assert (settings.milestone_numbers, settings.milestones_since) == ((1, 5), at(45))

    # And everybody who has counters is found, page by page, the highest first
    first = bench.rows.inviters(GUILD, None, 1)
    second = bench.rows.inviters(GUILD, first.after, 1)
    assert (first.users, second.users) == ((UserId("901"),), (IDA,))
    last = bench.rows.inviters(GUILD, second.after, 1) if second.after else second
    assert last.after is None


def test_whom_to_look_at_stands_on_the_observation_s_mark(bench: Bench) -> None:
    # Given milestones that are on, and a join
    bench.worker.handle(
        observe(look=look(row("abc", 3), seconds=0), seconds=0),
        observe(changed("guild#milestone_channel_id", "77", "f", 5), seconds=5),
    )
    join = observe(joined("1", 10), look=look(row("abc", 4), seconds=11), seconds=11)
    bench.worker.handle(join)
    first = [effect for effect in bench.worker.effects.sent if isinstance(effect, CheckStanding)]
    bench.worker.effects.sent.clear()

    # When it is delivered again
    bench.worker.handle(join)

    # Then the same is told again, under the same id
    assert [effect.user_id for effect in first] == [IDA]
    assert bench.worker.effects.sent == first
