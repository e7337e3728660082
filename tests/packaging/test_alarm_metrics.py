"""Every alarm reads what is told, tells whom it should, and says where the remedy is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.local.alarm_evaluation import queries
from infra.local.metric_math import names
from tests.packaging.emitters import LISTENER, SHARED, Emitted, emitted
from tests.packaging.templates import ALARMS, FUNCTIONS, TEMPLATE, Json, of_type
from tests.packaging.templates import LISTENER as LISTENER_STACK

OURS = {"Fn::Sub": "Usher/${Stage}"}
METRIC = of_type(ALARMS, "AWS::CloudWatch::Alarm")
COMPOSITE = of_type(ALARMS, "AWS::CloudWatch::CompositeAlarm")
EVERY = {**METRIC, **COMPOSITE}
TOLD = [{"Ref": "TopicArn"}]
SERVICES = {
    function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    for function in FUNCTIONS.values()
} | {LISTENER}
EMITTED = emitted()

AWS = {
    "AWS/SQS": (
        {"QueueName"},
        {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    ),
    "AWS/Lambda": ({"FunctionName"}, {"Errors", "Invocations", "Throttles", "Duration"}),
    "AWS/ApiGateway": ({"ApiId"}, {"5xx", "4xx", "Count", "Latency", "IntegrationLatency"}),
    "AWS/ECS": ({"ClusterName", "ServiceName"}, {"CPUUtilization", "MemoryUtilization"}),
    "AWS/DynamoDB": (
        {"TableName", "GlobalSecondaryIndexName", "Operation"},
        {"ReadThrottleEvents", "WriteThrottleEvents", "SystemErrors"}
        | {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    ),
    "AWS/S3": ({"SourceBucket", "DestinationBucket", "RuleId"}, {"OperationsFailedReplication"}),
}
"""What AWS's services tell, by namespace: dimensions and metrics (each one's developer guide)."""


def read_of(alarm: Json) -> list[Json]:
    """The metrics that an alarm reads, each with its statistic."""
    return [query["MetricStat"] for query in queries(alarm) if "MetricStat" in query]


def dimensions_of(metric: Json) -> dict[str, Any]:
    return {one["Name"]: one["Value"] for one in metric["Dimensions"]}


def tellers(metric: Json) -> list[Emitted]:
    """Who tells one of our own metrics as it is read."""
    dimensions = dimensions_of(metric)
    return [
        one
        for one in EMITTED
        if one.name == metric["MetricName"]
        and one.dimensions == dimensions.keys()
        and one.service in (SHARED, dimensions["service"])
    ]


@pytest.mark.parametrize("name", METRIC)
def test_every_metric_that_an_alarm_reads_is_told(name: str) -> None:
    for stat in read_of(METRIC[name]):
        metric = stat["Metric"]
        if metric["Namespace"] == OURS:
            assert dimensions_of(metric)["service"] in SERVICES
            assert tellers(metric), metric["MetricName"]
        else:
            allowed, known = AWS[metric["Namespace"]]
            assert metric["MetricName"] in known
            assert dimensions_of(metric).keys() <= allowed


@pytest.mark.parametrize("name", METRIC)
def test_no_alarm_has_a_unit_that_would_hide_the_metric(name: str) -> None:
    # A unit that is not the metric's own reads nothing, for ever (PutMetricAlarm).
    assert "Unit" not in str(METRIC[name].keys())
    for stat in read_of(METRIC[name]):
        if stat["Metric"]["Namespace"] == OURS:
            units = {one.unit for one in tellers(stat["Metric"])}
            assert units <= {"Count", _unit_by_name(stat["Metric"]["MetricName"])}


def _unit_by_name(name: str) -> str:
    return next((unit for unit in ("Milliseconds", "Seconds", "Hours") if unit in name), "Count")


@pytest.mark.parametrize("name", EVERY)
def test_a_name_tells_stage_and_severity_and_the_description_where_the_remedy_is(
    name: str,
) -> None:
    alarm = EVERY[name]
    kebab = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()

    severity = re.fullmatch(
        r"usher-\$\{Stage\}-(page|warn)-" + kebab, alarm["AlarmName"]["Fn::Sub"]
    )
    assert severity, alarm["AlarmName"]
    sentence, _, anchor = alarm["AlarmDescription"].rpartition(" ")
    assert anchor == f"docs/operations.md#{kebab}"
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0


@pytest.mark.parametrize("name", EVERY)
def test_the_topic_is_told_of_beginning_and_end_unless_a_composite_does_it(name: str) -> None:
    alarm = EVERY[name]
    members = re.findall(
        r"\$\{(\w+)\}", " ".join(one["AlarmRule"]["Fn::Sub"] for one in COMPOSITE.values())
    )

    told = None if name in members else TOLD
    assert alarm.get("AlarmActions") == alarm.get("OKActions") == told


@pytest.mark.parametrize("name", METRIC)
def test_silence_is_good_but_where_something_has_to_speak(name: str) -> None:
    alarm = METRIC[name]
    speaks = name.endswith("Silent") or name == "ProbesMissing"

    assert alarm["TreatMissingData"] == ("breaching" if speaks else "notBreaching")


@pytest.mark.parametrize("name", METRIC)
def test_cloudwatch_takes_the_alarm(name: str) -> None:
    alarm = METRIC[name]
    periods = {stat["Period"] for stat in read_of(alarm)}
    looked = periods.copy().pop() * alarm["EvaluationPeriods"]

    assert len(periods) == 1
    assert looked <= (604_800 if periods >= {3600} or min(periods) > 3600 else 86_400)
    assert alarm.get("DatapointsToAlarm", 1) <= alarm["EvaluationPeriods"]
    returned = [query for query in queries(alarm) if query.get("ReturnData", True)]
    assert len(returned) == 1
    if "Metrics" in alarm:
        ids = {query["Id"] for query in alarm["Metrics"]} - {"told"}
        assert len(ids) <= 10  # Alarms on metric math: ten metrics
        assert names(alarm["Metrics"][0]["Expression"]) == ids
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", one) for one in ids)


def test_alarms_on_dynamodb_end_although_its_metrics_fall_silent() -> None:
    for alarm in METRIC.values():
        if any(stat["Metric"]["Namespace"] == "AWS/DynamoDB" for stat in read_of(alarm)):
            for one in names(alarm["Metrics"][0]["Expression"]):
                assert f"FILL({one}, 0)" in alarm["Metrics"][0]["Expression"]


def test_the_stack_gets_every_parameter_it_asks_for() -> None:
    given = TEMPLATE["Resources"]["Alarms"]["Properties"]["Parameters"]

    assert given.keys() == ALARMS["Parameters"].keys()


def test_every_queue_and_every_function_is_watched() -> None:
    queues = of_type(TEMPLATE, "AWS::SQS::Queue")
    watched = {
        reference["Ref"]
        for alarm in METRIC.values()
        for stat in read_of(alarm)
        for reference in dimensions_of(stat["Metric"]).values()
        if isinstance(reference, dict)
    }

    assert {*queues, *FUNCTIONS} <= watched


def test_functions_and_listener_tell_under_the_stage() -> None:
    common = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    (task,) = of_type(LISTENER_STACK, "AWS::ECS::TaskDefinition").values()
    (container,) = task["ContainerDefinitions"]
    told = {one["Name"]: one["Value"] for one in container["Environment"]}

    assert common["POWERTOOLS_METRICS_NAMESPACE"] == OURS
    assert told["POWERTOOLS_METRICS_NAMESPACE"] == OURS


def test_the_budget_tells_the_topic() -> None:
    (budget,) = of_type(ALARMS, "AWS::Budgets::Budget").values()

    notices = budget["NotificationsWithSubscribers"]
    assert {notice["Notification"]["Threshold"] for notice in notices} == {150}
    for notice in notices:
        assert notice["Subscribers"] == [{"SubscriptionType": "SNS", "Address": TOLD[0]}]
