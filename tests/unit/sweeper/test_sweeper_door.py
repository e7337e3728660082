"""The sweeper's door: one sweep an invocation, told in log and metrics."""

import json
from datetime import timedelta

import pytest

from sweeper.bootstrap import NEEDED, build
from sweeper.door import SweeperDoor
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import SettingsError
from usher.timing.sweeping import Report


class Sweeping:
    def __init__(self, report: Report | None) -> None:
        self.report = report

    def run(self) -> Report:
        if self.report is None:
            raise OSError
        return self.report


def door(report: Report | None) -> SweeperDoor:
    return SweeperDoor(Sweeping(report), get_logger(), EmfMeter("sweeper"))


def test_what_was_told_and_how_late_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    door(Report(told=3, latest=timedelta(seconds=40))).handle()

    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {name: line[name] for line in printed for name in line if name.startswith("Due")}
    assert told == {"DueTold": [3.0], "DueLatenessSeconds": [40.0]}


def test_a_quiet_minute_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    door(Report()).handle()

    assert capsys.readouterr().out == ""


def test_a_sweep_that_fails_fails_the_invocation() -> None:
    with pytest.raises(OSError):
        door(None).handle()


@pytest.mark.parametrize("missing", NEEDED)
def test_an_incomplete_environment_is_told(missing: str) -> None:
    queue = "http://127.0.0.1:1/q"
    queues = ("EVENTS_QUEUE_URL", "EFFECTS_QUEUE_URL", "HOOKS_QUEUE_URL")
    environ = {"TABLE_NAME": "t", **dict.fromkeys(queues, queue)}
    del environ[missing]

    with pytest.raises(SettingsError) as told:
        build(environ)
    assert told.value.problems == (missing,)
