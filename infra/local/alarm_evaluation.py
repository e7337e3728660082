"""In which state an alarm is, as CloudWatch's documentation has it.

The emulator's own evaluation looks at a metric's name alone: not at dimensions, silence, "M out of
N" or metric math. CloudWatch looks a few periods further back for points that are there before it
fills those that are missing, so silence is noticed here a little sooner than there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from infra.local.metric_math import Point, Values, evaluate

type Json = dict[str, Any]
type Read = Callable[[Json], Values]
"""Reads what a MetricStat tells: a value a period, oldest first, as many as the alarm looks at."""

ALARM: Final = "ALARM"
OK: Final = "OK"
UNKNOWN: Final = "INSUFFICIENT_DATA"

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_COMPARED: Final = {
    "GreaterThanThreshold": "greater than the threshold",
    "GreaterThanOrEqualToThreshold": "greater than or equal to the threshold",
    "LessThanThreshold": "less than the threshold",
    "LessThanOrEqualToThreshold": "less than or equal to the threshold",
}
_STANDING_STILL: Final = "AWS/DynamoDB"
"""Alarms on a metric of this namespace ignore missing data whatever they say (PutMetricAlarm)."""


def queries(alarm: Json) -> list[Json]:
    """Return what an alarm reads as metric data queries, of which one returns data."""
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    metric = {key: alarm[key] for key in ("Namespace", "MetricName")}
    metric["Dimensions"] = alarm.get("Dimensions") or []
    stat = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return [
        {
            "Id": "alone",
            "MetricStat": {"Metric": metric, "Period": alarm["Period"], "Stat": stat},
            "ReturnData": True,
        }
    ]


def period(alarm: Json) -> int:
    """Tell the length of the alarm's periods in seconds."""
    return max(int(q["MetricStat"]["Period"]) for q in queries(alarm) if "MetricStat" in q)


def values_of(alarm: Json, read: Read) -> Values:
    """Read an alarm's series, its expression worked out; raises MathError."""
    series: dict[str, Values] = {}
    returned: Values = []
    ordered = sorted(queries(alarm), key=lambda query: "Expression" in query)
    for query in ordered:
        expression = query.get("Expression")
        values = evaluate(expression, series) if expression else read(query["MetricStat"])
        series[query["Id"]] = values
        if query.get("ReturnData", True) not in (False, "false"):
            returned = values
    return returned


def state_of(alarm: Json, values: Values) -> str | None:
    """Tell the state that follows from the last periods; None for the state that it had."""
    last = list(values)[-int(alarm["EvaluationPeriods"]) :]
    treatment = _treatment(alarm)
    if all(value is None for value in last):
        if treatment == "ignore":
            return None
        if treatment == "missing":
            return UNKNOWN
    breaching = sum(_breaches(alarm, value, treatment) for value in last)
    enough = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    return ALARM if breaching >= enough else OK


def reason_of(alarm: Json, values: Values, state: str) -> str:
    """Say why an alarm is in a state as CloudWatch does (NewStateReason), newest value first."""
    last = list(values)[-int(alarm["EvaluationPeriods"]) :]
    known = [value for value in reversed(last) if value is not None]
    if not known:
        number, treated = alarm["EvaluationPeriods"], _treatment(alarm)
        return (
            f"Threshold Crossed: no datapoints were received for {number} periods and {number} "
            f"missing datapoints were treated as [{treated[:1].upper()}{treated[1:]}]."
        )
    told, some = ", ".join(map(str, known)), f"{len(known)} datapoint{'s' * (len(known) > 1)}"
    verb = f"{'were' if len(known) > 1 else 'was'}{'' if state == ALARM else ' not'}"
    compared = _COMPARED[alarm["ComparisonOperator"]]
    return f"Threshold Crossed: {some} [{told}] {verb} {compared} ({float(alarm['Threshold'])})."


def _treatment(alarm: Json) -> str:
    if not alarm.get("Metrics") and alarm.get("Namespace") == _STANDING_STILL:
        return "ignore"
    return str(alarm.get("TreatMissingData") or "missing")


def _breaches(alarm: Json, value: Point, treatment: str) -> bool:
    if value is None:
        return treatment == "breaching"
    return _COMPARE[alarm["ComparisonOperator"]](value, float(alarm["Threshold"]))
