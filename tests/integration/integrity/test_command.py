"""`usher integrity` over a real bucket and table."""

import boto3
import pytest

from infra.cli.main import main
from tests.builders import GUILD
from tests.fakes.cloud import BUCKET, REGION, TABLE
from tests.fakes.story import story
from tests.integration.integrity.test_check import add
from tests.integration.log_backup.conftest import handle

# tests/integration/integrity/test_check.py shows that moto agrees.
pytestmark = pytest.mark.parametrize("environ", ["emulator"], indirect=True)


@pytest.fixture(autouse=True)
def _lived(checked: dict[str, str]) -> None:
    handle(checked, *story())


def usher(*arguments: str) -> int:
    return main(["integrity", *arguments, "--bucket", BUCKET, "--table", TABLE])


def test_what_differs_is_named_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert usher() == 0
    assert capsys.readouterr().out == f"guild {GUILD}: agrees\n"

    add("C#900", "tracked", 2)
    boto3.client("dynamodb", region_name=REGION).delete_item(
        TableName=TABLE, Key={"pk": {"S": f"G#{GUILD}"}, "sk": {"S": "M#105"}}
    )
    assert usher(GUILD) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"guild {GUILD}: differs",
        "  row C#900: tracked is '13', by the ledger '11'",
        "  row M#105: only in the ledger",
    ]


def test_discord_is_asked_only_with_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)

    assert usher("--discord") == 1
    assert "DISCORD_BOT_TOKEN" in capsys.readouterr().err


def test_without_a_table_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)

    assert main(["integrity", "--bucket", BUCKET]) == 2
    assert "TABLE_NAME" in capsys.readouterr().err
