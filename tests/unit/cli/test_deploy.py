"""`usher deploy` and `usher destroy` as they are typed."""

import pytest

from infra.cli import deploy, destroy
from infra.cli.main import main
from infra.deploying.model import StopError
from tests.fakes.deploying import TOKEN, Place, deployed


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place()
    for module in (deploy, destroy):
        monkeypatch.setattr(module, "tools", lambda _namespace: place.tools)
    return place


def test_it_deploys_what_is_asked_for(place: Place) -> None:
    place.stacks.outcome = deployed("usher-test")

    code = main(
        [
            "deploy",
            "--stage",
            "test",
            "--yes",
            "--architecture",
            "x86_64",
            "--set",
            "LogLevel=DEBUG",
        ]
    )

    assert code == 0
    [line] = [one for one in place.machine.ran if " deploy " in one]
    assert 'Architecture="x86_64"' in line
    assert 'LogLevel="DEBUG"' in line


def test_a_stop_is_a_sentence_and_a_1(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.machine.failing = {"make build"}

    assert main(["deploy"]) == 1

    told = capsys.readouterr().err
    assert "usher deploy: The functions could not be built" in told
    assert "run the same again" in told
    assert TOKEN not in told


def test_an_account_that_cannot_be_opened_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(*_: object) -> object:
        raise StopError("No Region is chosen.")

    monkeypatch.setattr(deploy, "open_account", closed)

    assert main(["deploy"]) == 1
    assert main(["destroy"]) == 1
    assert capsys.readouterr().err.count("No Region is chosen.") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stage", "Prod"],
        ["--stage", "a-name-that-is-far-too-long"],
        ["--set", "LogLevel"],
        ["--adopt-table", "usher-table"],
    ],
)
def test_wrong_usage_changes_nothing(
    arguments: list[str], place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", *arguments]) == 2

    assert place.machine.ran == []
    assert capsys.readouterr().err.startswith("usher deploy: ")


def test_it_destroys_what_is_named(place: Place) -> None:
    place.stacks.stacks["usher-test"] = deployed("usher-test")

    assert main(["destroy", "--stage", "test", "--yes"]) == 0
    assert place.stacks.deleted == ["usher-test"]
