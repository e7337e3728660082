"""The hourly check over the event worker's own rows and lines, without Discord."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from integrity.bootstrap import build
from integrity.door import IntegrityDoor
from tests.builders import GUILD
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.integrity import Clock
from tests.fakes.sdk import SdkCaller
from tests.fakes.story import story
from tests.integration.log_backup.conftest import handle
from usher.credit.rules import MemberRecord
from usher.credit.store import load_members
from usher.ids import UserId
from usher.integrity.model import Kind, Known, Progress
from usher.integrity.reads import DynamoIntegrityReads
from usher.integrity.store import DynamoNotes
from usher.platform.dynamo_reads import DynamoReads

ENOUGH = 900_000


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC) + timedelta(hours=1))


@pytest.fixture
def door(checked: dict[str, str], clock: Clock) -> IntegrityDoor:
    """The door after a guild's whole day; nobody listens, so Discord is not asked."""
    handle(checked, *story())
    return replace(build(checked, 4, clock), listening=lambda: False)


@pytest.fixture
def reads(checked: dict[str, str]) -> DynamoIntegrityReads:
    del checked
    caller = SdkCaller(boto3.client("dynamodb", region_name=REGION))
    return DynamoIntegrityReads(DynamoReads(caller, TABLE))


def run(door: IntegrityDoor, clock: Clock, hours: float = 24) -> dict[str, int]:
    clock.now += timedelta(hours=hours)
    return door.handle(lambda: ENOUGH)


def add(sort_key: str, name: str, number: int) -> None:
    """Change a number of a row behind the worker's back."""
    boto3.client("dynamodb", region_name=REGION).update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"G#{GUILD}"}, "sk": {"S": sort_key}},
        UpdateExpression="ADD #name :n",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":n": {"N": str(number)}},
    )


def test_what_the_worker_wrote_agrees_with_its_ledger(
    door: IntegrityDoor, clock: Clock, reads: DynamoIntegrityReads
) -> None:
    done = run(door, clock)

    assert done == {"guilds": 1, "left": 0, "lines": 0, "whole": 1, "open": 0, "repairs": 0}
    last = reads.last_check(GUILD)
    assert last is not None
    assert (last.at, last.whole_at, last.differences, last.repairs) == (clock(), clock(), (), 0)


def test_a_difference_is_counted_until_it_is_mended(
    door: IntegrityDoor,
    clock: Clock,
    reads: DynamoIntegrityReads,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(door, clock)
    add("C#900", "tracked", 2)

    assert [run(door, clock)["open"] for _ in range(3)] == [1, 1, 1]
    last = reads.last_check(GUILD)
    assert last is not None
    assert [(one.kind, one.subject) for one in last.differences] == [(Kind.ROW, "C#900")]
    add("C#900", "tracked", -2)
    assert run(door, clock)["open"] == 0

    told = [one for one in caplog.records if hasattr(one, "subject")]
    said = [(one.getMessage(), getattr(one, "subject", "")) for one in told]
    assert said == [("integrity difference", "C#900"), ("integrity solved", "C#900")]
    measured = [line for line in capsys.readouterr().out.splitlines() if "IntegrityDrift" in line]
    drift = [json.loads(line)["IntegrityDrift"] for line in measured]
    assert drift == [[0.0], [1.0], [1.0], [1.0], [0.0]]


def test_rows_that_are_gone_or_new_differ(
    door: IntegrityDoor, clock: Clock, reads: DynamoIntegrityReads
) -> None:
    client: Any = boto3.client("dynamodb", region_name=REGION)
    key = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": "M#105"}}
    row = client.delete_item(TableName=TABLE, Key=key, ReturnValues="ALL_OLD")["Attributes"]
    client.put_item(TableName=TABLE, Item={**row, "sk": {"S": "M#4711"}})

    assert run(door, clock)["open"] == 2

    last = reads.last_check(GUILD)
    assert last is not None
    assert [one.says for one in last.differences] == ["only in the ledger", "only in the table"]


def test_work_that_is_left_undone_is_told(door: IntegrityDoor, clock: Clock) -> None:
    client: Any = boto3.client("dynamodb", region_name=REGION)
    due_at = (clock() - timedelta(hours=2)).isoformat(timespec="microseconds")
    key = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": "T#5"}}
    due = {f"due#{shard}" for shard in range(8)}
    for shard in sorted(due):
        client.put_item(TableName=TABLE, Item={**key, "due": {"S": shard}, "due_at": {"S": due_at}})
        assert run(door, clock)["open"] == 1
    client.delete_item(TableName=TABLE, Key=key)
    assert run(door, clock)["open"] == 0


def test_a_link_without_its_campaign_is_told(door: IntegrityDoor, clock: Clock) -> None:
    client: Any = boto3.client("dynamodb", region_name=REGION)
    pk = {"S": f"R#{GUILD}"}
    client.put_item(TableName=TABLE, Item={"pk": pk, "sk": {"S": "LINK#spring"}})
    link = {"pk": {"S": "L#spring"}, "sk": {"S": "LINK"}, "campaign_id": {"S": "c1"}}
    client.put_item(TableName=TABLE, Item=link)

    assert [run(door, clock)["open"] for _ in range(2)] == [0, 1]
    client.put_item(TableName=TABLE, Item={"pk": pk, "sk": {"S": "CAMPAIGN#c1"}})
    assert run(door, clock)["open"] == 0


def test_a_run_without_time_begins_nothing_and_a_short_one_compares_nothing_whole(
    door: IntegrityDoor, clock: Clock
) -> None:
    assert door.handle(lambda: 30_000)["left"] == 1
    assert door.handle(lambda: 120_000)["whole"] == 0
    assert run(door, clock)["whole"] == 1


def test_notes_come_back_as_they_were_kept(checked: dict[str, str], clock: Clock) -> None:
    build(checked, 1, clock)
    notes, now = DynamoNotes(), clock()
    progress = Progress(now, now, now, "M#5", 2, 1, now)
    known = Known(Kind.GHOST, "5", "gone", now, now, tries=1, told=True, moment=now)
    other = Known(Kind.REFUSED, "", "no", now, now)

    notes.advance(GUILD, progress)
    notes.keep(GUILD, [known, other])
    assert notes.progress([GUILD]) == {GUILD: progress}
    assert notes.known(GUILD) == [known, other]

    notes.keep(GUILD, [replace(known, solved=now)])
    assert notes.known(GUILD) == [other]


def test_members_are_read_page_by_page(door: IntegrityDoor) -> None:
    every = door.table.members_after(GUILD, "", 1000)
    first = door.table.members_after(GUILD, "", 3)
    rest = door.table.members_after(GUILD, f"M#{first[-1].user_id}", 1000)

    assert [*first, *rest] == every
    records: dict[UserId, MemberRecord] = dict(
        load_members(GUILD, [one.user_id for one in every], "").now
    )
    assert {one.user_id: one.joined_at for one in every} == {
        user: one.joined_at for user, one in records.items()
    }
