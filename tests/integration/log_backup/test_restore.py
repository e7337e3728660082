"""A backup of the table becomes the table again."""

import contextlib
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest

from infra.cli.main import main
from log_backup.bootstrap import build
from tests.builders import GUILD, at, joined, look, observe, row
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_table, rows
from tests.fakes.story import story
from tests.integration.log_backup.conftest import handle
from usher.contracts.deeds import SettingChanged
from usher.ids import UserId
from usher.platform.s3 import Bucket, s3_client

pytestmark = pytest.mark.parametrize("environ", ["emulator"], indirect=True)
NEW = "usher-restored"
SETTING = "S#guild#members_search"


@pytest.fixture(autouse=True)
def _lived(environ: dict[str, str]) -> None:
    """A table with a story, its backup, and a new table."""
    handle(environ, *story())
    build(environ, 1).backups.make()
    with contextlib.closing(boto3.client("dynamodb", region_name=REGION)) as client:
        make_table(client, NEW)


def usher(*arguments: str) -> int:
    return main(["restore", "--bucket", BUCKET, "--into", NEW, *arguments])


def test_a_table_is_restored_row_by_row(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(rows())
    assert len(before) > 60

    assert usher() == 0

    assert list(rows(NEW)) == before
    assert f"{len(before):,} rows of backups/daily/" in capsys.readouterr().out
    # and the worker goes on with it: what it was told before, it knows
    handle({**environ, "TABLE_NAME": NEW}, *story())
    counters = [row for row in rows(NEW) if row["sk"] == "C#900"]
    assert counters == [row for row in before if row["sk"] == "C#900"]


def test_a_table_with_rows_is_left_alone_unless_it_is_to_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    boto3.resource("dynamodb", region_name=REGION).Table(NEW).put_item(
        Item={"pk": f"G#{GUILD}", "sk": "C#900"}
    )

    assert usher() == 2
    assert "not empty" in capsys.readouterr().err
    assert usher("--again") == 0
    assert list(rows(NEW)) == list(rows(TABLE))


def test_a_guild_goes_on_after_its_table_was_lost(environ: dict[str, str]) -> None:
    # Given a setting, a backup that is older than the last lines, and a table that is gone
    off = SettingChanged("1", SETTING.removeprefix("S#"), "off", UserId("9"), at(93))
    lax = SettingChanged("2", "fake#default_avatar", None, UserId("9"), at(93))
    handle(environ, observe(off, lax, seconds=93))
    key = "backups/daily/9999-01-01.jsonl.gz"
    bucket = Bucket(s3_client(REGION), BUCKET)
    backups = build(environ, 1).backups
    newest = replace(backups, clock=lambda: datetime(9999, 1, 1, tzinfo=UTC)).make()[0]
    assert newest.key == key
    codes = [row("abc", 14), row("def", 2, "901")]
    handle(environ, observe(joined("500", 95), look=look(row("abc", 15), codes[1], seconds=96)))
    table = {"TABLE_NAME": NEW}

    # When it is rebuilt from the ledger and the rest comes from the backup
    assert main(["ledger", "rebuild", "--bucket", BUCKET, "--into", NEW, "--compare", TABLE]) == 0
    [kept] = [r for r in rows(NEW) if r["pk"] == f"G#{GUILD}" and r["sk"] == SETTING]
    assert (kept["value"], kept["by"]) == ("off", "9")
    assert not [r for r in rows(NEW) if r["pk"].startswith("E#")]
    assert usher("--rest") == 0
    assert [r for r in rows(NEW) if r["pk"].startswith("E#")]

    # Then what comes next is credited, once
    later = [
        observe(look=look(row("abc", 15), codes[1], seconds=200), seconds=200),
        observe(joined("600", 210), look=look(row("abc", 16), codes[1], seconds=211), seconds=211),
    ]
    handle({**environ, **table}, *later)
    handle({**environ, **table}, *later)
    [member] = [r for r in rows(NEW) if r["sk"] == "M#600"]
    assert (member["inviter_id"], member["booked"]) == ("900", True)

    # and the ledger with the new lines gives that table again
    assert main(["ledger", "rebuild", "--bucket", BUCKET, "--compare", NEW]) == 0
    versions = [json.loads(bucket.get(e.key) or b"")["seq"] for e in bucket.list("lines/")]
    assert len({tuple(seq) for seq in versions}) == len(versions)
    assert bucket.get(key)


def test_a_backup_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Bucket(s3_client(REGION), BUCKET).upload("backups/daily/x", [gzip.compress(b"{}\n")])

    assert usher("--backup", "backups/daily/none") == 1
    assert usher("--backup", "backups/daily/x") == 1
    assert "there is no backups/daily/none" in capsys.readouterr().err
