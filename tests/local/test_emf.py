"""Metrics out of log lines, and new lines out of a log that grows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway_listener.vitals import metric_line
from infra.local.emf import read_line
from infra.local.listener_metrics import LogTail
from usher.platform.metrics import EmfMeter


def test_what_a_function_tells_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMeter("effects", "Usher/local").count("EffectsFailed", 3, {"kind": "role"})
    line = capsys.readouterr().out

    (datum,) = read_line(line)

    assert (datum.namespace, datum.name, datum.value, datum.unit) == (
        "Usher/local",
        "EffectsFailed",
        3.0,
        "Count",
    )
    assert datum.dimensions == {"service": "effects", "kind": "role"}
    assert datum.at > 1e9


def test_what_the_listener_tells_is_read() -> None:
    line = metric_line({"ListenerHeartbeat": 1, "LoopLagMilliseconds": 2.5}, 60_000, "Usher/x")

    found = {datum.name: (datum.value, datum.unit, datum.at) for datum in read_line(line)}

    assert found == {
        "ListenerHeartbeat": (1.0, "Count", 60.0),
        "LoopLagMilliseconds": (2.5, "Milliseconds", 60.0),
    }


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain text",
        '{"message": "json"}',
        '"_aws"',
        '{"_aws": 3}',
        '{"_aws": {"Timestamp": "x"}}',
        json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "x"}]}}),
        json.dumps(
            {
                "_aws": {
                    "Timestamp": 1,
                    "CloudWatchMetrics": [
                        {"Namespace": "x", "Dimensions": [["service"]], "Metrics": [{"Name": "n"}]}
                    ],
                },
                "service": "s",
                "n": "text",
            }
        ),
    ],
)
def test_what_is_no_metric_tells_nothing(line: str) -> None:
    assert [*read_line(line)] == []


def test_a_log_is_read_once_in_whole_lines_and_anew_where_it_was_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "listener.log"
    tail = LogTail(file)
    assert [*tail.lines()] == []

    file.write_text("one\ntwo\nthr")
    assert [*tail.lines()] == ["one", "two"]
    with file.open("a") as log:
        log.write("ee\n")
    assert [*tail.lines()] == ["three"]
    assert [*tail.lines()] == []
    file.write_text("a\n")
    assert [*tail.lines()] == ["a"]
