"""The daily door with its real adapters: days closed, forms repaired, backups made, faults told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from log_backup.bootstrap import NEEDED, build
from log_backup.door import DailyDoor, TasksFailedError
from tests.builders import GUILD, joined, look, observe, row
from tests.fakes.cloud import REGION, TABLE, rows
from tests.integration.log_backup.conftest import handle
from usher.backup.service import Item, read_backup
from usher.ledger.closed import ClosedDays
from usher.ledger.csv_form import read_rows
from usher.ledger.head_store import DynamoHeads
from usher.ledger.keys import csv_key
from usher.ledger.repairs import Repair
from usher.ledger.verify import Verifier
from usher.platform.s3 import Bucket
from usher.platform.settings import SettingsError
from usher.platform.sqs import RepairsQueue, sqs_client

LATER = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _lived(environ: dict[str, str]) -> None:
    """One guild's day."""
    seen = look(row("abc", 1), seconds=11)
    handle(
        environ,
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("7", 10), look=seen, seconds=11),
    )


def door_of(variables: dict[str, str], now: datetime = LATER) -> DailyDoor:
    """The door at another time."""
    door = build(variables, 1)
    return replace(
        door,
        closer=replace(door.closer, clock=lambda: now),
        canary=replace(door.canary, clock=lambda: datetime.now(UTC) + timedelta(hours=1)),
        backups=replace(door.backups, clock=lambda: now),
        clock=lambda: now,
    )


def metrics(told: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for line in told.splitlines():
        fields = json.loads(line)
        for group in fields.get("_aws", {}).get("CloudWatchMetrics", []):
            for metric in group["Metrics"]:
                found.setdefault(metric["Name"], []).extend(fields[metric["Name"]])
    return found


def minutes() -> int:
    return 600_000


def test_a_day_is_closed_proven_and_backed_up(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert door_of(environ).handle(minutes) == {"closed": 1, "repaired": 0, "lines": 1}

    # Then the chain stands, its head is kept, and the day has its CSV with names
    bucket = door_of(environ).closed.objects
    [link] = ClosedDays(bucket).links(GUILD)
    verifier = Verifier(bucket, door_of(environ).csv.pool)
    assert verifier.verify(GUILD).findings == []
    assert verifier.against(GUILD, DynamoHeads().get(GUILD)) is None
    [joined_row] = read_rows(bucket.stream(csv_key(GUILD, link.day)) or ())
    assert (joined_row["Username"], joined_row["Staff Username"]) == ("user7", "ida")
    # and the backup holds the table
    backup = read_backup(bucket.stream("backups/daily/2026-11-22.jsonl.gz") or ())
    kept = {(item["pk"]["S"], item["sk"]["S"]) for item in backup}
    assert (f"G#{GUILD}", "M#7") in kept
    assert len(kept) == len(list(rows())) - 1  # the head was not kept yet
    # and all is told
    told = metrics(capsys.readouterr().out)
    assert told["BackupMade"] == [1, 1, 1]
    assert told["BackupsMissed"] == [0]
    assert told["CanaryLooked"] == [1]
    assert told["LedgerLines"] == told["LedgerWeeklyLines"] == [1]
    assert told["LedgerBytes"] == [link.size]

    # When it is run again, nothing is done again
    assert door_of(environ).handle(minutes) == {"closed": 0, "repaired": 0, "lines": 1}
    assert "BackupMade" not in metrics(capsys.readouterr().out)


def test_what_could_not_be_written_beside_a_line_is_written(environ: dict[str, str]) -> None:
    queue = RepairsQueue(sqs_client(REGION), environ["REPAIRS_QUEUE_URL"], lambda _n: None)
    queue.ask([Repair(f"names/guild={GUILD}/user=8/x.csv", "ü".encode())] * 2)

    assert door_of(environ).handle(minutes)["repaired"] == 2

    bucket = door_of(environ).closed.objects
    assert bucket.get(f"names/guild={GUILD}/user=8/x.csv") == "ü".encode()
    assert door_of(environ).handle(minutes)["repaired"] == 0


def test_one_task_that_fails_stops_no_other(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a queue that is gone, and a link that somebody put in the way of another guild
    bucket = door_of(environ).closed.objects
    assert isinstance(bucket, Bucket)
    bucket.add("lines/guild=1/dt=2026-11-20/x.json", b"no line")
    bucket.add("chain/guild=1/dt=2026-11-19.json", b"no link")
    bucket.add("chain/guild=1/dt=2026-11-20.json", b"no link")
    broken = {**environ, "REPAIRS_QUEUE_URL": environ["REPAIRS_QUEUE_URL"] + "-gone"}
    capsys.readouterr()

    with pytest.raises(TasksFailedError) as told:
        door_of(broken).handle(minutes)

    assert set(told.value.tasks) == {"repairs", "closing", "csv", "canary", "size"}
    assert [link.day.day for link in ClosedDays(bucket).links(GUILD)] == [20]
    assert metrics(capsys.readouterr().out)["BackupMade"] == [1, 1, 1]


def test_a_backup_that_could_not_be_made_is_counted_as_missed(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    def unreadable() -> Iterator[Item]:
        yield {"pk": {"S": "G#1"}, "sk": {"S": "HEAD"}}
        raise ConnectionError

    door = door_of(environ)
    broken = replace(door, backups=replace(door.backups, items=unreadable))
    capsys.readouterr()

    with pytest.raises(TasksFailedError) as told:
        broken.handle(minutes)

    assert told.value.tasks == ("backups",)
    assert metrics(capsys.readouterr().out)["BackupsMissed"] == [3]
    assert door.handle(minutes)["closed"] == 0
    assert metrics(capsys.readouterr().out)["BackupsMissed"] == [0]


def test_the_canary_tells_when_the_table_lost_a_join(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    table.delete_item(Key={"pk": f"G#{GUILD}", "sk": "M#7"})

    door_of(environ).handle(minutes)

    assert "ledger and table differ" in caplog.text


def test_without_time_it_ends_and_the_next_try_goes_on(environ: dict[str, str]) -> None:
    with pytest.raises(TasksFailedError) as told:
        door_of(environ).handle(lambda: 1)
    assert told.value.tasks == ("time",)

    assert door_of(environ).handle(minutes)["closed"] == 1


@pytest.mark.parametrize("missing", NEEDED)
def test_an_incomplete_environment_is_told(missing: str) -> None:
    variables = {**dict.fromkeys(NEEDED, "x"), "AWS_REGION": REGION}
    del variables[missing]

    with pytest.raises(SettingsError) as told:
        build(variables)
    assert told.value.problems == (missing,)
