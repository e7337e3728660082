"""`usher dlq` as it is typed, over letters in memory."""

from datetime import timedelta
from typing import cast

import pytest
from botocore.exceptions import ClientError

from infra.cli import dlq
from infra.cli.main import main
from infra.dlq.ports import Pair, UnsupportedError
from infra.doctor.place import Place
from tests.builders import START
from tests.fakes.letters import FakeLetters

EFFECTS = Pair("effects", "https://sqs/effects", "https://sqs/dead", "/usher/prod/effects")


class Moving(FakeLetters):
    """Letters in a cloud that moves them by itself."""

    ends: str = "COMPLETED"

    def move(self, pair: Pair) -> str:
        return pair.name

    def moved(self, pair: Pair, task: str) -> tuple[str, int]:
        assert pair.name == task
        return self.ends, len(self.dead)


class NoLogs:
    """A place whose logs nobody may read."""

    def client(self, service: str) -> object:
        assert service in ("logs", "sqs")
        return self

    def filter_log_events(self, **_asked: object) -> object:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "FilterLogEvents")


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Moving:
    letters = Moving()
    monkeypatch.setattr(dlq, "place_of", lambda _namespace: cast("Place", NoLogs()))
    monkeypatch.setattr(dlq, "pairs", lambda _place: (EFFECTS,))
    monkeypatch.setattr(dlq, "SqsLetters", lambda _client: letters)
    return letters


def test_a_move_that_failed_is_no_success(
    letters: Moving, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.put("a", "b")
    letters.ends = "FAILED"

    assert main(["dlq", "redrive", "--yes"]) == 1
    assert "the move of effects is FAILED" in capsys.readouterr().err

    letters.ends = "COMPLETED"
    assert main(["dlq", "redrive", "--yes"]) == 0


def test_where_nothing_was_given_up_that_is_said(
    letters: Moving, capsys: pytest.CaptureFixture[str]
) -> None:
    assert letters.dead == {}
    for words in (["list"], ["redrive", "--yes"], ["redrive", "--dry-run"]):
        assert main(["dlq", *words]) == 0
        assert capsys.readouterr().out == "nothing was given up\n"


def test_letters_go_back_although_the_logs_cannot_be_read(
    letters: Moving, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unsupported(_self: Moving, pair: Pair) -> str:
        raise UnsupportedError(pair.name)

    monkeypatch.setattr(Moving, "move", unsupported)
    letters.put("a", at=START - timedelta(hours=1))

    assert main(["dlq", "list"]) == 0
    assert main(["dlq", "redrive", "--yes"]) == 0

    assert letters.queue == ["a"]
    assert "effects: 1 put back" in capsys.readouterr().out
