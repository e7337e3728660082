"""Erased over a real bucket, table and queue: every version of every object, and every row."""

import contextlib
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from event_worker.bootstrap import build as build_worker
from infra.cli.main import main
from log_backup.door import DailyDoor
from tests.builders import GUILD, START, joined, look, observe, row
from tests.fakes.cloud import BUCKET, REGION, TABLE, rows
from tests.fakes.story import story
from tests.integration.event_worker.conftest import record
from tests.integration.log_backup.conftest import handle
from tests.integration.log_backup.test_day import LATER, door_of, minutes
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.csv_form import read_rows
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import Erasures, ask
from usher.ledger.lines import join_id
from usher.ledger.names import row_key
from usher.ledger.ports import Entry
from usher.ledger.repairs import Repair
from usher.moderation.model import Case, Kind
from usher.moderation.redactor import Redactor
from usher.moderation.table import DynamoCases
from usher.platform.s3 import Bucket, s3_client
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.platform.sqs import RepairsQueue, sqs_client

IN_THE_EMULATOR = pytest.mark.parametrize("environ", ["emulator"], indirect=True)
HOSTILE = '=Zoë,"\nQuartz'
PIECE = b"Quartz"
"""Of the hostile name, however a file writes it."""
JOINER = b"ser103"
IN_CSV = "ser103"


def told() -> list[Observation]:
    """The story, in which the inviter 900 has a name that nothing else contains."""
    return [replace(one, names=((UserId("900"), HOSTILE),)) for one in story()]


def everything() -> Iterator[tuple[str, bytes]]:
    """Every version of every object, and every row of the table."""
    with contextlib.closing(boto3.client("s3", region_name=REGION)) as client:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
            for one in page.get("Versions", []):
                held = client.get_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
                with held["Body"] as body:
                    content = body.read()
                yield one["Key"], gzip.decompress(content) if one["Key"].endswith("gz") else content
    for item in rows(TABLE):
        yield f"{item['pk']} {item['sk']}", json.dumps(item, default=str).encode()


def naming(*names: bytes) -> list[str]:
    return [key for key, content in everything() if any(name in content for name in names)]


@pytest.fixture
def bucket(environ: dict[str, str]) -> Iterator[Bucket]:
    """The bucket after the story's day was closed."""
    handle(environ, *told())
    door_of(environ).handle(minutes)
    client = s3_client(REGION)
    made = Bucket(client, BUCKET)
    [day] = made.list("csv/")
    made.upload(f"exports/guild={GUILD}/7/a.csv", made.stream(day.key) or ())
    made.add(f"parked/guild={GUILD}/a.json", f'{{"names": [["900", "{PIECE.decode()}'.encode())
    yield made
    client.close()


def lines_of(bucket: Bucket) -> list[tuple[str, str]]:
    entries: list[Entry] = [
        *bucket.list("lines/"),
        *bucket.list("closed/"),
        *bucket.list("chain/"),
    ]
    return [(entry.key, entry.etag) for entry in entries]


@IN_THE_EMULATOR
def test_an_operator_erases_an_inviter_and_a_joiner_everywhere(
    bucket: Bucket, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before, table = lines_of(bucket), list(rows(TABLE))
    everywhere = naming(PIECE)
    places = {key.split("/")[0] for key in everywhere}
    assert places == {"names", "csv", "exports", "parked"}

    # A rehearsal says what there is, and changes nothing
    assert main(["privacy", "erase", "900", "--dry-run", "--bucket", BUCKET]) == 0
    rehearsed = capsys.readouterr().out
    assert "900 would be erased in 1 guild" in rehearsed
    assert naming(PIECE) == everywhere
    assert list(bucket.list("erased/")) == []

    # Then nothing names them
    assert main(["privacy", "erase", "900", "--bucket", BUCKET]) == 0
    erased = capsys.readouterr().out
    assert erased.splitlines()[0] == rehearsed.splitlines()[0]
    assert "1 day's CSV written anew, 2 exports, messages or files" in erased
    assert naming(PIECE) == []
    assert naming(JOINER) != []
    assert main(["privacy", "erase", "103", "--guild", GUILD, "--bucket", BUCKET]) == 0
    assert "2 joins made nameless" in capsys.readouterr().out
    assert naming(PIECE, JOINER) == []
    assert main(["privacy", "erase", "103", "--bucket", BUCKET]) == 0
    assert "nothing of theirs was kept" in capsys.readouterr().out

    # while lines, counts and the proof are what they were
    assert lines_of(bucket) == before
    assert list(rows(TABLE)) == table
    assert main(["ledger", "verify", "--head", TABLE, "--bucket", BUCKET]) == 0
    assert main(["ledger", "rebuild", "--compare", TABLE, "--bucket", BUCKET]) == 0
    assert f"equals {TABLE}" in capsys.readouterr().out

    # and an export tells the joins with ids alone
    assert main(["ledger", "export", "--bucket", BUCKET]) == 0
    [entry] = bucket.list("exports/")
    exported = list(read_rows(bucket.stream(entry.key) or ()))
    assert {one["Staff Username"] for one in exported if one["Staff ID"] == "900"} == {""}
    assert {one["Username"] for one in exported if one["User ID"] == "103"} == {""}
    assert {one["Username"] for one in exported if one["User ID"] == "105"} == {"user105"}


def daily(door: DailyDoor) -> dict[str, int]:
    """Let the daily job run, and end its connection."""
    records = door.eraser.records
    assert isinstance(records, Redactor)
    assert isinstance(records.book, DynamoCases)
    assert isinstance(records.book.client, SignedClient)
    with contextlib.closing(records.book.client):
        return door.handle(minutes)


@pytest.fixture
def small(environ: dict[str, str]) -> dict[str, str]:
    """One join, closed."""
    seen = look(row("abc", 1), seconds=11)
    handle(environ, observe(look=look(row("abc", 0), seconds=-700), seconds=-700))
    handle(environ, replace(JOIN, look=seen))
    door_of(environ).handle(minutes)
    return environ


JOIN = observe(joined("103", 10), seconds=11, names=(("900", HOSTILE),), id="the-join")


@IN_THE_EMULATOR
def test_what_a_member_asks_for_is_done_by_the_daily_job(
    small: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    door = door_of(small)
    bucket = door.closed.objects
    assert isinstance(bucket, Bucket)
    ask(bucket, Erasure(GUILD, UserId("103"), LATER))
    ask(bucket, Erasure(GUILD, UserId("900"), LATER))
    assert naming(PIECE, JOINER)
    capsys.readouterr()

    daily(door)

    assert naming(PIECE, JOINER) == []
    assert '"VersionsErased"' in capsys.readouterr().out
    asked = Erasures(bucket).find(GUILD, UserId("103"))
    assert asked is not None
    assert Erasures(bucket).swept(asked) is not None

    # What comes late does not come back: by a repair, or in an observation delivered again
    id_ = join_id(GUILD, UserId("103"), START)
    late = f"names/guild={GUILD}/user=900/{id_}.json"
    queue = RepairsQueue(sqs_client(REGION), small["REPAIRS_QUEUE_URL"], lambda _n: None)
    said = json.dumps({"username": HOSTILE, "timestamp": "2026-11-20T12:00:00.000000+00:00"})
    row_content = f"User ID,Username,Joined At\r\n'103,{IN_CSV},2026-11-20T12:00:00+00:00\r\n"
    queue.ask(
        [
            Repair(late, said.encode()),
            Repair(row_key(GUILD, UserId("103"), "x"), row_content.encode()),
        ]
    )
    assert daily(door_of(small))["repaired"] == 2
    assert bucket.get(late) is None
    for key in [entry.key for entry in bucket.list("names/")]:
        bucket.client.delete_object(Bucket=BUCKET, Key=key)
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    for item in rows(TABLE):
        table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    answer = build_worker(small, 1).handle(
        [record(observe(look=look(row("abc", 0), seconds=-700), seconds=-700)), record(JOIN)],
        lambda: 15_000,
    )
    assert answer == {"batchItemFailures": []}
    assert naming(PIECE, JOINER) == []


@IN_THE_EMULATOR
def test_cases_lose_the_name_with_the_rest(
    small: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(SignedClient(DYNAMODB, small)) as client:
        book = DynamoCases(client, TABLE)
        reason = f"{HOSTILE.upper()} spams"
        book.open(Case(GUILD, 0, "i1", Kind.WARN, UserId("7"), UserId("8"), reason, START))
        erase = ["privacy", "erase", "900", "--bucket", BUCKET, "--table", TABLE]

        assert main([*erase, "--dry-run"]) == 0
        assert "1 case without" in capsys.readouterr().out
        assert [one.reason for one in book.latest(GUILD, None, 5)] == [reason]

        ask(Bucket(s3_client(REGION), BUCKET), Erasure(GUILD, UserId("900"), LATER))
        daily(door_of(small))
        assert [one.reason for one in book.latest(GUILD, None, 5)] == ["900 spams"]
        assert naming(PIECE) == []


@IN_THE_EMULATOR
def test_a_sweep_that_fails_is_told_and_stops_no_other_task(small: dict[str, str]) -> None:
    door = door_of(small)
    bucket = door.closed.objects
    assert isinstance(bucket, Bucket)
    bucket.add("erased/guild=1/user=2/asked.json", b"no record")
    ask(bucket, Erasure(GUILD, UserId("103"), LATER))

    with pytest.raises(Exception, match="erasures"):
        daily(door)

    assert naming(JOINER) == []


def test_arguments_that_make_no_sense_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["privacy", "erase", "@ann", "--bucket", BUCKET])
    assert ended.value.code == 2
    assert "'@ann' is no Discord id" in capsys.readouterr().err
    assert main(["privacy", "erase", "103"]) == 2
    assert "set LEDGER_BUCKET or give --bucket" in capsys.readouterr().err
