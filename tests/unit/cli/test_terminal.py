"""Questions where somebody is there, and where nobody is."""

import io

import pytest

from infra.cli import deploy
from infra.cli.main import main
from infra.cli.terminal import Terminal


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_piped_secret_is_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("first\nsecond\n"))
    terminal = Terminal()

    assert [terminal.secret("? ") for _ in range(3)] == ["first", "second", ""]


def test_a_typed_secret_is_not_echoed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard())
    asked: list[str] = []

    def hidden(prompt: str) -> str:
        asked.append(prompt)
        return "hush"

    monkeypatch.setattr("getpass.getpass", hidden)

    assert Terminal().secret("Bot token: ") == "hush"
    assert asked == ["Bot token: "]
    assert "hush" not in capsys.readouterr().out


def test_nobody_agrees_where_nobody_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert not Terminal().agrees("Carry these changes out?")
    assert Terminal().ask("Who? ") == ""
    assert "--yes does" in capsys.readouterr().out


def test_who_ends_the_input_instead_of_answering_is_let_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def asking(*_: object) -> object:
        raise EOFError  # as `input` does after Ctrl-D

    monkeypatch.setattr(deploy, "tools", asking)

    assert main(["deploy"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", True), (" Yes ", True), ("", False), ("n", False)]
)
def test_only_a_yes_is_one(monkeypatch: pytest.MonkeyPatch, typed: str, *, agreed: bool) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(f"{typed}\n"))

    assert Terminal().agrees("Delete?") is agreed
