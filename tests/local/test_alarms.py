"""Every alarm of the template fires on the embedded cloud, tells the topic, and recovers."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from infra.local.alarm_evaluation import period, queries
from infra.local.aws import Cloud, session
from infra.local.deploy import deploy, plan
from infra.local.emulator import Emulator
from infra.local.settings import TEMPLATE
from tests.local.stacks import PARAMETERS, wait_for

MINUTE: Final = 0.2
"""Seconds of a minute: an hour takes twelve."""
WITHIN: Final = 60.0
PREFIX: Final = "usher-test-"
ALARMS: Final = TEMPLATE.parent / "infra" / "alarms.yaml"

BREACHES: Final[Mapping[str, Mapping[str, float]]] = {
    "sessions-lost": {"begun": 4, "shards": 60},
    "answers-slow": {"slowest": 1600},
    "answers-too-slow": {"slowest": 2100},
    "api-failing": {"failed": 2, "requests": 100},
    "forged-requests": {"bad": 21, "good": 79},
    "commands-failing": {"failed": 1, "later": 1, "answers": 100},
    "uncertain-joins": {"uncertain": 2, "joins": 100},
    "discord-refusals": {"d1": 600, "d2": 401},
    "table-throttled": {"board": 1},
}
"""What an alarm's metrics have to be, by id, where one beyond the threshold is not enough."""
GOOD: Final[Mapping[str, Mapping[str, float]]] = {
    "sessions-lost": {"begun": 1, "shards": 60},
    "api-failing": {"failed": 0, "requests": 100},
    "uncertain-joins": {"uncertain": 1, "joins": 100},
}
"""What must not make it fire."""
NEEDED: Final = 5
"""Samples without which a percentile says nothing."""


@dataclass
class Watched:
    """The deployed alarms, and the queue that hears of them."""

    cloudwatch: Any
    cloud: Cloud
    queue: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    def alarms(self) -> dict[str, dict[str, Any]]:
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        return {
            alarm["AlarmName"]: alarm
            for page in pages
            for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
        }

    def states(self) -> dict[str, str]:
        return {name: alarm["StateValue"] for name, alarm in self.alarms().items()}

    def hear(self) -> list[tuple[str, str]]:
        """Everything that the topic was told, as alarm and new state."""
        while found := self.cloud.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in found:
                self.heard.append(json.loads(json.loads(message["Body"])["Message"]))
                self.cloud.sqs.delete_message(
                    QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return [(told["AlarmName"], told["NewStateValue"]) for told in self.heard]

    def put(self, alarm: dict[str, Any], values: Mapping[str, float]) -> None:
        """Put values by the ids of the alarm's metrics, in each period that it looks at."""
        span = period(alarm) / 60 * MINUTE
        now = time.time()
        stats = [q["MetricStat"] for q in queries(alarm) if q["Id"] in values]
        given = [values[q["Id"]] for q in queries(alarm) if q["Id"] in values]
        data = [
            {
                "MetricName": stat["Metric"]["MetricName"],
                "Dimensions": stat["Metric"]["Dimensions"],
                "Timestamp": now - span * number,
                "Values": [value],
                "Counts": [NEEDED if stat["Stat"] == "p99" else 1],
            }
            for stat, value in zip(stats, given, strict=True)
            if stat["Stat"] != "SampleCount" or len(stats) == 1
            for number in range(int(alarm["EvaluationPeriods"]))
        ]
        namespace = stats[0]["Metric"]["Namespace"]
        self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)

    def has_told(self, alarm: str, state: str, since: int) -> bool:
        return (alarm, state) in self.hear()[since:]


@dataclass
class Pulse:
    """Puts, until it is stopped, what would be an alarm if it fell silent."""

    watched: Watched
    alarms: list[dict[str, Any]]
    stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> None:
        self.thread = threading.Thread(target=self._beat)
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join()

    def _beat(self) -> None:
        speaking = self.alarms
        while speaking:
            for alarm in speaking:
                value = 0.0 if alarm["Statistic"] == "SampleCount" else float(alarm["Threshold"])
                self.watched.put(alarm, {"alone": value})
            # The same metrics make others fire: what lasts is not repeated.
            speaking = [alarm for alarm in self.alarms if alarm["Period"] == 60]
            if self.stopped.wait(MINUTE / 3):
                break


ELSEWHERE: Final = {
    "ListenerCluster": "a-cluster",
    "ListenerService": "a-service",
    "ReplicaBucket": "a-bucket-far-away",
}
"""What only AWS has: alarms are told that it is there."""


def template_with_everything(folder: Path) -> Path:
    """Write the template with every alarm, those of what does not stand here too."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in ELSEWHERE.items():
        text, found = re.subn(rf"^( +{name}: ).+$", rf"\g<1>{value}", text, flags=re.MULTILINE)
        assert found
    written = folder / TEMPLATE.name
    written.write_text(text, encoding="utf-8")
    (folder / "infra").symlink_to(TEMPLATE.parent / "infra")
    return written


@pytest.fixture(scope="module")
def watched(probe_functions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    template = template_with_everything(tmp_path_factory.mktemp("template"))
    with Emulator(alarm_minute=MINUTE) as emulator:
        cloud = Cloud(emulator.endpoint_url)
        parameters = {**PARAMETERS, "DeployListener": "elsewhere", "MonthlyBudget": "50"}
        outputs = deploy(cloud, plan(template, probe_functions, parameters)).outputs
        queue = cloud.sqs.create_queue(QueueName="heard")["QueueUrl"]
        name = queue.rpartition("/")[2]
        client: Any = session().client
        client("sns", endpoint_url=emulator.endpoint_url).subscribe(
            TopicArn=outputs["AlarmTopicArn"],
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{name}",
        )
        yield Watched(client("cloudwatch", endpoint_url=emulator.endpoint_url), cloud, queue)


def kebab(name: str) -> str:
    return name.removeprefix(PREFIX).partition("-")[2]


def breaching(alarm: dict[str, Any]) -> Mapping[str, float]:
    given = BREACHES.get(kebab(alarm["AlarmName"]))
    if given is not None:
        return given
    threshold = float(alarm["Threshold"])
    worse = -1 if alarm["ComparisonOperator"].startswith("Less") else 1
    ids = [query["Id"] for query in queries(alarm) if "MetricStat" in query]
    if ids == ["errors", "calls"]:
        return {"errors": 2, "calls": 100}
    return {ids[0]: threshold + worse}


def silent(alarm: dict[str, Any]) -> bool:
    return alarm.get("TreatMissingData") == "breaching"


def told_by(alarm: dict[str, Any], everyone: Mapping[str, dict[str, Any]]) -> str:
    """Who tells of an alarm: itself, or the composite that it is part of."""
    name: str = alarm["AlarmName"]
    parents = [one for one, other in everyone.items() if f'"{name}"' in other.get("AlarmRule", "")]
    return name if alarm["AlarmActions"] else parents[0]


def in_alarm(watched: Watched) -> set[str]:
    return {name for name, state in watched.states().items() if state == "ALARM"}


def test_every_alarm_fires_and_recovers(watched: Watched) -> None:
    alarms = watched.alarms()
    metric = {name: alarm for name, alarm in alarms.items() if "AlarmRule" not in alarm}
    mute = [name for name, alarm in metric.items() if silent(alarm)]
    declared = ALARMS.read_text(encoding="utf-8")
    assert len(metric) == declared.count("Type: AWS::CloudWatch::Alarm\n") > 45
    assert len(alarms) - len(metric) == declared.count("Type: AWS::CloudWatch::CompositeAlarm\n")

    # What has to speak fires in silence, and nothing else does
    wait_for(lambda: in_alarm(watched) == set(mute), WITHIN)
    for name in mute:  # again, now that the queue hears of it
        watched.cloudwatch.set_alarm_state(
            AlarmName=name, StateValue="INSUFFICIENT_DATA", StateReason="the test listens"
        )
    wait_for(lambda: all(watched.has_told(name, "ALARM", 0) for name in mute), WITHIN)
    with Pulse(watched, [metric[name] for name in mute]):
        wait_for(lambda: not in_alarm(watched), WITHIN)
        assert all(watched.has_told(name, "OK", 0) for name in mute)

        # Each other one does by its own metrics, with their dimensions
        for name, alarm in metric.items():
            if name in mute:
                continue
            if good := GOOD.get(kebab(name)):
                watched.put(alarm, good)
                assert watched.states()[name] == "OK", name
            fires_and_tells(watched, alarm, told_by(alarm, alarms))

        # And all recover once it is over, and say so
        over = set(metric) - set(mute)
        wait_for(lambda: not over & in_alarm(watched), WITHIN)
        endings = {told_by(metric[name], alarms) for name in over}
        wait_for(lambda: endings <= {n for n, state in watched.hear() if state == "OK"}, WITHIN)


def fires_and_tells(watched: Watched, alarm: dict[str, Any], teller: str) -> None:
    wait_for(lambda: watched.states()[teller] == "OK", WITHIN)
    since = len(watched.hear())

    def told() -> bool:
        watched.put(alarm, breaching(alarm))
        return watched.has_told(teller, "ALARM", since)

    try:
        wait_for(told, WITHIN)
    except AssertionError:
        raise AssertionError(f"{alarm['AlarmName']} told nothing by {teller}") from None


def test_what_follows_from_another_alarm_is_told_when_that_is_over(watched: Watched) -> None:
    alarms = watched.alarms()
    down = alarms[f"{PREFIX}page-listener-silent"]
    lost, unsteady = (alarms[f"{PREFIX}warn-{one}"] for one in ("loop-lag", "listener-unsteady"))
    wait_for(lambda: watched.states()[down["AlarmName"]] == "ALARM", WITHIN)
    since = len(watched.hear())

    def is_lost() -> bool:
        watched.put(lost, breaching(lost))
        return watched.states()[unsteady["AlarmName"]] == "ALARM"

    wait_for(is_lost, WITHIN)
    assert not watched.has_told(unsteady["AlarmName"], "ALARM", since)

    with Pulse(watched, [down, {**lost, "Threshold": lost["Threshold"] + 1}]):
        wait_for(lambda: watched.has_told(unsteady["AlarmName"], "ALARM", since), WITHIN)


def test_the_dashboard_shows_the_alarms_that_stand(watched: Watched) -> None:
    body = watched.cloudwatch.get_dashboard(DashboardName="usher-test")["DashboardBody"]
    boxes = [one for one in json.loads(body)["widgets"] if one["type"] == "alarm"]

    shown = {arn for box in boxes for arn in box["properties"]["alarms"]}
    assert shown == {alarm["AlarmArn"] for alarm in watched.alarms().values()}
