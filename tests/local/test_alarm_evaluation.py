"""In which state alarms are, over series: M of N, silence, shares with a least count."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.alarm_evaluation import (
    ALARM,
    OK,
    UNKNOWN,
    queries,
    reason_of,
    state_of,
    values_of,
)
from infra.local.metric_math import MathError, Values, evaluate, names
from usher.alerting.parsing import measured

ALARM_OF_TWO = {
    "Namespace": "AWS/SQS",
    "MetricName": "Age",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 60,
}


def alarm(**changes: object) -> dict[str, Any]:
    return {**ALARM_OF_TWO, **changes}


@pytest.mark.parametrize(
    ("values", "treatment", "state"),
    [
        ([61, 10, 61], "notBreaching", ALARM),
        ([61, 60, 10], "notBreaching", OK),
        ([61, None, 61], "notBreaching", ALARM),
        ([61, None, None], "notBreaching", OK),
        ([61, None, None], "breaching", ALARM),
        ([10, None, None], "breaching", ALARM),
        ([10, 10, None], "breaching", OK),
        ([None, None, None], "breaching", ALARM),
        ([None, None, None], "notBreaching", OK),
        ([None, None, None], "missing", UNKNOWN),
        ([None, None, None], "ignore", None),
        ([99, 99, 99, 10, 10, 10], "notBreaching", OK),
    ],
)
def test_two_of_three_and_silence(values: Values, treatment: str, state: str | None) -> None:
    assert state_of(alarm(TreatMissingData=treatment), values) == state


def test_an_alarm_on_dynamodb_alone_stays_as_it_was_in_silence() -> None:
    throttled = alarm(Namespace="AWS/DynamoDB", TreatMissingData="notBreaching")

    assert state_of(throttled, [None, None, None]) is None


@pytest.mark.parametrize(
    ("operator", "state"),
    [
        ("GreaterThanThreshold", OK),
        ("GreaterThanOrEqualToThreshold", ALARM),
        ("LessThanThreshold", OK),
        ("LessThanOrEqualToThreshold", ALARM),
    ],
)
def test_the_threshold_itself(operator: str, state: str) -> None:
    assert state_of(alarm(ComparisonOperator=operator), [60, 60, 60]) == state


SHARE = "IF(calls >= 20 AND FILL(errors, 0) >= 2, 100 * FILL(errors, 0) / calls, 0)"


@pytest.mark.parametrize(
    ("errors", "calls", "share"),
    [(1, 3, 0), (2, 19, 0), (2, 20, 10), (None, 50, 0), (1, None, None), (5, 1000, 0.5)],
)
def test_a_share_counts_from_enough_calls_on(
    errors: float | None, calls: float | None, share: float | None
) -> None:
    assert evaluate(SHARE, {"errors": [errors], "calls": [calls]}) == [share]


def test_what_is_missing_makes_a_sum_missing_unless_it_is_filled() -> None:
    series: dict[str, Values] = {"a": [1, None], "b": [2, 3]}

    assert evaluate("a + b", series) == [3, None]
    assert evaluate("FILL(a, 0) + b", series) == [3, 3]
    assert evaluate("SUM([a, b])", series) == [3, 3]
    assert evaluate("MAX([a, b]) - 1", series) == [1, 2]
    assert evaluate("b / 0", series) == [None, None]


@pytest.mark.parametrize("wrong", ["a +", "a + c", "AVG(a)", "__import__('os')", "a.b", "FILL(a)"])
def test_an_expression_that_is_not_known_is_refused(wrong: str) -> None:
    with pytest.raises(MathError):
        evaluate(wrong, {"a": [1]})


def test_an_expression_names_its_metrics() -> None:
    assert names(SHARE) == {"errors", "calls"}


def test_metric_math_returns_its_one_expression() -> None:
    metric = {"MetricStat": {"Metric": {}, "Period": 60, "Stat": "Sum"}, "ReturnData": False}
    share = {"Id": "told", "Expression": "10 * errors"}
    math = {"Metrics": [share, {**metric, "Id": "errors"}]}

    assert values_of(math, lambda _stat: [1, 2]) == [10, 20]
    assert queries(ALARM_OF_TWO)[0]["MetricStat"]["Stat"] == "Maximum"


@pytest.mark.parametrize(
    ("values", "changes", "shown"),
    [
        ([61.0, 99.5], {}, "**99.5**, an alarm when above 60"),
        ([None, 61.0, None], {}, "**61**, an alarm when above 60"),
        (
            [None, None, None],
            {"TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold"},
            "No data came, an alarm when below 60",
        ),
        (
            [61.0, None, None, None],  # what was told before is no reason
            {"TreatMissingData": "breaching", "ComparisonOperator": "LessThanThreshold"},
            "No data came, an alarm when below 60",
        ),
    ],
)
def test_why_is_said_as_cloudwatch_says_it_and_alerts_read_it(
    values: Values, changes: dict[str, object], shown: str
) -> None:
    told = alarm(**changes)

    reason = reason_of(told, values, ALARM)

    assert measured({"NewStateReason": reason, "Trigger": told}).partition("\n")[0] == shown
