"""When the listener calls itself ill, and what its heartbeat looks like."""

import json
from dataclasses import replace

import pytest

from gateway_listener.health import Vitals, ailments
from gateway_listener.vitals import metric_line

WELL = Vitals(
    connected=True,
    disconnected_for=0,
    last_ack_age=40,
    heartbeat_interval=41.25,
    oldest_unsent_age=0.1,
    loop_lag=0.01,
    guilds=3,
    unseen=0,
    sessions=1,
)


@pytest.mark.parametrize(
    "vitals",
    [
        WELL,
        replace(WELL, connected=False, disconnected_for=59, last_ack_age=None),
        replace(WELL, connected=False, disconnected_for=59, last_ack_age=500),
        replace(WELL, connected=False, disconnected_for=900, waiting=True),
        replace(WELL, last_ack_age=61),
        replace(WELL, last_ack_age=None, heartbeat_interval=None),
        replace(WELL, oldest_unsent_age=9.9, loop_lag=4.9),
    ],
)
def test_well(vitals: Vitals) -> None:
    assert ailments(vitals) == []


@pytest.mark.parametrize(
    ("vitals", "word"),
    [
        (replace(WELL, connected=False, disconnected_for=61), "session"),
        (replace(WELL, last_ack_age=62), "ACK"),
        (replace(WELL, loop_lag=5.1), "loop"),
        (replace(WELL, oldest_unsent_age=10.1), "unsent"),
    ],
)
def test_ill(vitals: Vitals, word: str) -> None:
    (ailment,) = ailments(vitals)
    assert word in ailment


def test_the_metric_line_has_every_metric_and_the_service_as_only_dimension() -> None:
    line = json.loads(metric_line({"ListenerHeartbeat": 1, "JoinsSeen": 7}, 1_795_000_000_000))
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Dimensions"] == [["Service"]]
    assert {metric["Name"] for metric in metrics["Metrics"]} == {"ListenerHeartbeat", "JoinsSeen"}
    assert (line["Service"], line["ListenerHeartbeat"], line["JoinsSeen"]) == ("listener", 1, 7)
    assert line["_aws"]["Timestamp"] == 1_795_000_000_000
