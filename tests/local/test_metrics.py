"""What AWS's services measure is measured here too."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from infra.local.aws import Cloud, environment
from infra.local.emulator import Emulator
from tests.local.stacks import Stack, wait_for
from usher.platform.signed_http import CLOUDWATCH, SignedClient


@pytest.fixture(scope="module")
def quick() -> Iterator[Emulator]:
    with Emulator(alarm_minute=0.5) as emulator:
        yield emulator


def values(emulator: Emulator, namespace: str, name: str, **of: str) -> list[float]:
    """All values of a metric, one a second."""
    client = SignedClient(CLOUDWATCH, environment(emulator.endpoint_url))
    dimensions = [{"Name": key, "Value": value} for key, value in of.items()]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": 1, "Stat": "Sum"}
    answer = client.call(
        "GetMetricData",
        {
            "MetricDataQueries": [{"Id": "one", "MetricStat": stat}],
            "StartTime": time.time() - 600,
            "EndTime": time.time() + 1,
        },
    )
    client.close()
    results = answer["MetricDataResults"]
    assert isinstance(results, list)
    return [float(value) for value in results[0]["Values"]]


def test_a_queue_tells_how_much_waits_and_how_long_by_itself(quick: Emulator) -> None:
    sqs = Cloud(quick.endpoint_url).sqs
    url = sqs.create_queue(QueueName="waiting")["QueueUrl"]
    delayed = sqs.create_queue(QueueName="delayed")["QueueUrl"]
    tried = sqs.create_queue(QueueName="tried")["QueueUrl"]
    sqs.send_message(QueueUrl=tried, MessageBody="x")
    for _ in range(3):
        assert sqs.receive_message(QueueUrl=tried, VisibilityTimeout=0)["Messages"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.send_message(QueueUrl=delayed, MessageBody="x", DelaySeconds=600)

    def age(name: str) -> list[float]:
        return values(quick, "AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName=name)

    wait_for(lambda: [one for one in age("waiting") if one > 10.0])
    depth = values(quick, "AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="waiting")
    assert depth[-1] >= 1.0
    assert age("delayed") == [0.0]
    assert max(age("tried")) < 10.0


def test_a_function_is_measured_once_a_call(stack: Stack) -> None:
    function = stack.physical("WebhooksFunction")
    before = sum(values(stack.emulator, "AWS/Lambda", "Invocations", FunctionName=function))

    stack.cloud.functions.invoke(FunctionName=function, Payload=json.dumps({"calls": []}).encode())

    after = sum(values(stack.emulator, "AWS/Lambda", "Invocations", FunctionName=function))
    assert after == before + 1


def test_an_http_api_tells_how_often_it_was_asked_and_how_it_answered(stack: Stack) -> None:
    api = stack.physical("HttpApi")
    request = urllib.request.Request(  # noqa: S310 - this machine
        f"{stack.emulator.endpoint_url}/nowhere",
        headers={"Host": f"{api}.execute-api.127.0.0.1:{stack.emulator.port}"},
    )
    before = sum(values(stack.emulator, "AWS/ApiGateway", "Count", ApiId=api))
    failed = sum(values(stack.emulator, "AWS/ApiGateway", "5xx", ApiId=api))

    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310 - this machine
    refused.value.close()

    assert sum(values(stack.emulator, "AWS/ApiGateway", "Count", ApiId=api)) == before + 1
    assert sum(values(stack.emulator, "AWS/ApiGateway", "4xx", ApiId=api)) >= 1
    assert sum(values(stack.emulator, "AWS/ApiGateway", "5xx", ApiId=api)) == failed


def test_metrics_are_not_written_to_the_disk(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("kept")
    with Emulator(folder, alarm_minute=0.5) as emulator:
        Cloud(emulator.endpoint_url).sqs.create_queue(QueueName="kept")
        wait_for(lambda: values(emulator, "AWS/SQS", "ApproximateAgeOfOldestMessage"))
    saved = "".join(one.read_text() for one in (folder / "services").glob("*.json"))

    assert "kept" in saved
    assert "ApproximateAgeOfOldestMessage" not in saved
