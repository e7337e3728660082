"""`usher ledger` over a real bucket and tables: proven, tampered with, rebuilt, compared."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from infra.cli.main import main
from infra.ledger import rebuild
from log_backup.bootstrap import build
from rollup.bootstrap import build as build_rollup
from tests.builders import GUILD
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_table, rows
from tests.fakes.story import story
from tests.integration.log_backup.conftest import handle
from usher.ledger.csv_form import read_rows
from usher.ledger.keys import guild_prefix
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.platform.s3 import Bucket, s3_client

LATER = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)
FRESH = "usher-rebuilt"
# With this many rows moto is slow; tests/integration/stores shows that it agrees.
pytestmark = pytest.mark.parametrize("environ", ["emulator"], indirect=True)


@pytest.fixture(autouse=True)
def _lived(environ: dict[str, str]) -> None:
    """The story, most of it on a day that is closed, and an empty table beside it."""
    handle(environ, *story())
    with contextlib.closing(boto3.client("dynamodb", region_name=REGION)) as client:
        make_table(client, FRESH)


@pytest.fixture
def closed(environ: dict[str, str]) -> None:
    closer = build(environ, 4).closer
    assert [link.lines > 20 for link in replace(closer, clock=lambda: LATER).close(GUILD)] == [True]


def usher(*arguments: str) -> int:
    return main(["ledger", *arguments, "--bucket", BUCKET])


def live_rows(table: str) -> list[dict[str, object]]:
    """What the ledger tells of, of a table."""
    kinds = ("C#", "M#", "N#", "S#", "ACCURACY#", "CHAIN")
    found = [row for row in rows(table) if str(row["sk"]).startswith(kinds)]
    return [row for row in found if row.keys() - {"pk", "sk", "board", "ttl"}]


@pytest.mark.usefixtures("closed")
def test_the_ledger_is_proven_with_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    assert usher("verify", "--head", TABLE) == 0
    assert f"guild {GUILD}: proven: 1 days, " in capsys.readouterr().out

    assert usher("verify", "--closed-only", "--from", "2026-11-20", "--guild", GUILD) == 0


@pytest.mark.usefixtures("closed")
def test_what_was_done_is_named_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bucket = Bucket(s3_client(REGION), BUCKET)
    key = next(iter(bucket.list(guild_prefix(GUILD)))).key
    content = bucket.get(key)
    assert content is not None
    bucket.upload(key, [content.replace(b"1", b"2", 1)])

    assert usher("verify") == 1
    assert f"  changed: {key}\n" in capsys.readouterr().out


@pytest.mark.usefixtures("closed")
def test_a_chain_rewritten_is_told_by_the_head_alone(capsys: pytest.CaptureFixture[str]) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    table.update_item(
        Key={"pk": f"G#{GUILD}", "sk": "CHAIN"},
        UpdateExpression="SET head = :h",
        ExpressionAttributeValues={":h": "0" * 64},
    )

    assert usher("verify") == 0
    assert usher("verify", "--head", TABLE) == 1
    assert "the head kept apart has another hash" in capsys.readouterr().out


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "open"])
def test_a_table_rebuilt_from_the_ledger_equals_the_original(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], is_closed: bool
) -> None:
    if is_closed:
        request.getfixturevalue("closed")

    assert usher("rebuild", "--into", FRESH, "--compare", TABLE) == 0

    assert f"equals {TABLE}" in capsys.readouterr().out
    assert len(live_rows(TABLE)) > 20
    assert [row["sk"] for row in live_rows(FRESH)] == [row["sk"] for row in live_rows(TABLE)]
    rest = [row["sk"] for row in rows(FRESH) if row not in live_rows(FRESH)]
    assert rest == ["HEAD"], "beside what the ledger tells of only what orders its lines"


def test_one_counter_altered_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    table.update_item(
        Key={"pk": f"G#{GUILD}", "sk": "C#900"},
        UpdateExpression="ADD tracked :one",
        ExpressionAttributeValues={":one": 1},
    )
    table.delete_item(Key={"pk": f"G#{GUILD}", "sk": "M#400"})
    table.put_item(Item={"pk": f"G#{GUILD}", "sk": "C#1", "tracked": 1})
    table.put_item(Item={"pk": f"G#{GUILD}", "sk": "C#2", "tracked": 0, "score": 0})

    assert usher("rebuild", "--compare", TABLE) == 1

    told = capsys.readouterr().out.splitlines()
    differences = [line.strip() for line in told if line.startswith("  G#")]
    assert differences[0] == f"G#{GUILD} C#1: only in the table"
    assert differences[1].startswith(f"G#{GUILD} C#900: tracked is '")
    assert differences[2] == f"G#{GUILD} M#400: only in the ledger"
    assert len(differences) == 3


def test_a_table_with_rows_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(rows())

    assert usher("rebuild", "--into", TABLE) == 2

    assert "not empty" in capsys.readouterr().err
    assert list(rows()) == before


def test_a_rebuild_that_broke_off_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a rebuild that notes every ten rows and breaks off after the second ten
    monkeypatch.setattr(rebuild, "NOTED", 10)
    put, count = WholeTable.put, iter(range(99))

    def breaking(table: WholeTable, items: object) -> int:
        if next(count) == 4:
            raise OSError("the line was cut")
        return put(table, items)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(WholeTable, "put", breaking)
        assert usher("rebuild", "--into", FRESH) == 1
    notes = WholeTable(dynamo_client(REGION), FRESH).query("REBUILD", "G#")
    assert [note["after"]["S"] != "" for note in notes] == [False, True]
    capsys.readouterr()

    # When it is begun again
    assert usher("rebuild", "--into", FRESH, "--compare", TABLE) == 0

    # Then only the rest is written, and all is there
    total = len(live_rows(TABLE))
    assert f" {total + 1 - 10} rows written" in capsys.readouterr().out
    assert len(live_rows(FRESH)) == len(list(rows(FRESH))) - 1 == total


@pytest.mark.usefixtures("closed")
def test_an_export_goes_to_a_file_or_into_the_bucket(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "joins.csv"

    assert usher("export", "--out", str(file)) == 0
    assert usher("export") == 0

    key = capsys.readouterr().out.split()[-1]
    assert Bucket(s3_client(REGION), BUCKET).get(key) == file.read_bytes()
    names = [row["Username"] for row in read_rows([file.read_bytes()])]
    assert len(names) > 10
    assert all(names)
    assert usher("export", "--from", "2026-11-21", "--out", str(file)) == 0
    assert list(read_rows([file.read_bytes()])) == []


def test_nothing_reachable_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", "--bucket", "gone"]) == 1
    assert "NoSuchBucket" in capsys.readouterr().err
    assert main(["ledger", "verify", "--bucket", ""]) == 2


@pytest.mark.usefixtures("closed")
def test_statistics_counted_again_equal_those_of_the_rollup(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    build_rollup(environ, 4).handle(lambda: 900_000)
    before = {str(row["sk"]): row["figures"] for row in rows(TABLE) if "figures" in row}

    assert usher("rollup", "--table", FRESH) == 0

    after = {str(row["sk"]): row["figures"] for row in rows(FRESH) if "figures" in row}
    assert before
    assert after == before
    assert f"guild {GUILD}: " in capsys.readouterr().out
    assert usher("rollup", "--table", "") == 2
