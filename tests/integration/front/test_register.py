"""`usher register` asks, compares and overwrites only what differs."""

import json

import pytest

from infra.cli import register
from infra.cli.main import main
from tests.contract import schema
from tests.integration.front.stub import Told, serving
from tests.unit.cli.test_diff import DECLARED, names, registered


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "bot.token.secret")
    monkeypatch.setenv("DISCORD_APPLICATION_ID", "42")


def run(url: str, *arguments: str) -> int:
    return main(["register", "--api-base", f"{url}/api/v10", *arguments])


def test_differences_are_shown_and_registered(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Told(body=[]), Told(body=registered())) as stub:
        assert run(stub.url) == 0

    asked, told = stub.asked
    assert (asked.method, asked.path) == (
        "GET",
        "/api/v10/applications/42/commands?with_localizations=true",
    )
    assert (told.method, told.path) == ("PUT", "/api/v10/applications/42/commands")
    assert told.headers["Authorization"] == "Bot bot.token.secret"
    assert told.headers["Content-Type"] == "application/json"
    assert json.loads(told.body) == DECLARED
    assert capsys.readouterr().out.splitlines() == [
        *(f"create /{name}" for name in sorted(names())),
        "registered",
    ]


def test_nothing_is_written_when_nothing_differs(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Told(body=registered())) as stub:
        assert run(stub.url) == 0

    assert [asked.method for asked in stub.asked] == ["GET"]
    assert capsys.readouterr().out == "commands are up to date\n"


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Told(body=[])) as stub:
        assert run(stub.url, "--dry-run") == 0

    assert [asked.method for asked in stub.asked] == ["GET"]
    assert "create /invite" in capsys.readouterr().out


def test_one_guild_is_registered_without_what_only_global_commands_take() -> None:
    with serving(Told(body=[])) as stub:
        assert run(stub.url, "--guild", "7") == 0

    told = stub.asked[1]
    assert told.path == "/api/v10/applications/42/guilds/7/commands"
    body = json.loads(told.body)
    assert schema.registration(body) == []
    assert all("contexts" not in command for command in body)


def test_a_guild_that_is_up_to_date_is_left_alone() -> None:
    with serving(Told(body=registered())) as stub:
        assert run(stub.url, "--guild", "7") == 0

    assert len(stub.asked) == 1


def test_applying_returns_what_differed() -> None:
    with serving(Told(body=[]), Told(body=registered())) as stub:
        first = register.apply(f"{stub.url}/api/v10", "42", "token")
        second = register.apply(f"{stub.url}/api/v10", "42", "token")

    assert first.created == tuple(sorted(names()))
    assert not second
    assert [asked.method for asked in stub.asked] == ["GET", "PUT", "GET"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Told(401, {"message": "401: Unauthorized", "code": 0}), "bot token"),
        (Told(403, {"message": "Missing Access", "code": 50001}), "application id"),
        (Told(404, {"message": "Unknown Application", "code": 10002}), "application"),
        (Told(429, {"retry_after": 60}), "in a few minutes"),
        (Told(500, b"oops"), "Discord answered 500: oops"),
        (Told(200, b"<html>"), "no list of commands"),
        (Told(200, {"id": "1"}), "no list of commands"),
        (Told(drop=True), "cannot be reached"),
    ],
)
def test_a_failure_is_one_sentence(
    answer: Told, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answer) as stub:
        assert run(stub.url) == 1

    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert "secret" not in told.err


@pytest.mark.parametrize("base", ["http://127.0.0.1:1/api", "http://127.0.0.1:x/api", "nonsense"])
def test_an_unreachable_discord_is_one_sentence(
    base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["register", "--api-base", base]) == 1

    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["DISCORD_BOT_TOKEN", "DISCORD_APPLICATION_ID"])
def test_missing_settings_exit_with_2(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(name)

    assert main(["register"]) == 2
    assert name in capsys.readouterr().err
