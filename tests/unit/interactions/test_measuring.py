"""The front's line of metrics: what alarms read of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interactions.measuring import Measure

NOW = 1_795_000_000.0
ENVIRON = {
    "POWERTOOLS_METRICS_NAMESPACE": "Usher/test",
    "POWERTOOLS_SERVICE_NAME": "interactions",
}


class Bench:
    def __init__(self) -> None:
        self.written: list[str] = []
        self.now = NOW
        self.measure = Measure(ENVIRON, self.written.append, lambda: self.now)

    def answered(self, status: int, event: dict[str, Any], took: float) -> dict[str, Any]:
        began, self.now = self.now, self.now + took
        self.measure.answered(event, {"statusCode": status}, began)
        line: dict[str, Any] = json.loads(self.written[-1])
        return line


def described(line: dict[str, Any]) -> dict[str, str]:
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "Usher/test"
    assert metrics["Dimensions"] == [["service"]]
    assert line["service"] == "interactions"
    return {metric["Name"]: metric["Unit"] for metric in metrics["Metrics"]}


def test_an_answer_is_counted_and_timed() -> None:
    line = Bench().answered(200, {}, 0.0123)

    assert described(line) == {"Interactions": "Count", "HandlerMilliseconds": "Milliseconds"}
    assert (line["Interactions"], line["HandlerMilliseconds"]) == (1, 12.3)


def test_the_time_before_the_handler_counts_where_the_gateway_tells_it() -> None:
    event = {"requestContext": {"timeEpoch": int(NOW * 1000) - 900}}

    assert Bench().answered(200, event, 0.1)["HandlerMilliseconds"] == 1000.0


@pytest.mark.parametrize("told", [int(NOW * 1000) - 100_000, int(NOW * 1000) + 5000, "x", None])
def test_a_time_that_cannot_be_is_passed_over(told: object) -> None:
    event = {"requestContext": {"timeEpoch": told}}

    assert Bench().answered(200, event, 0.1)["HandlerMilliseconds"] == 100.0


def test_a_wrong_signature_is_no_interaction() -> None:
    line = Bench().answered(401, {}, 0.1)

    assert described(line) == {"BadSignatures": "Count"}
    assert line["BadSignatures"] == 1


def test_a_command_that_failed_is_told_with_its_own_answer_alone() -> None:
    bench = Bench()
    bench.measure.failed()

    assert bench.answered(200, {}, 0.1)["InteractionsFailed"] == 1
    assert "InteractionsFailed" not in bench.answered(200, {}, 0.1)
