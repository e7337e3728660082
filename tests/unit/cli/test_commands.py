"""`usher commands` prints what is registered."""

import json

import pytest

from infra.cli.main import main
from tests.contract import rules, schema
from usher.catalogue import ROUTER


def test_json_is_the_registration_payload(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["commands", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed == ROUTER.registration()
    assert schema.registration(printed) == []
    assert rules.broken(printed) == []


def test_the_list_names_every_command_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["commands"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(ROUTER.commands())) + len(ROUTER.menus)
    assert "Moderate (menu on a member)" in lines
    assert any(
        line.startswith("/invite leaderboard [period: day|week|all] [page]: ") for line in lines
    )
    assert any(line.endswith("(Manage Server, defer, ephemeral)") for line in lines)


@pytest.mark.parametrize("arguments", [[], ["none"], ["commands", "--none"]])
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: usher" in capsys.readouterr().err


def test_help_lists_the_subcommands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    assert caught.value.code == 0
    printed = capsys.readouterr().out
    for name in ("up", "replay", "commands", "register"):
        assert name in printed
