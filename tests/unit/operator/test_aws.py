"""What is asked of AWS alone, held against the SDK's own description of each service."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from infra.dlq.ports import Pair, UnsupportedError
from infra.dlq.sqs import SqsLetters
from infra.doctor.cloud_probes import Cloud
from infra.doctor.cloud_rules import schedule_findings
from infra.doctor.logs import about, newest_error
from infra.doctor.metrics import last_seen, oldest_message, total
from infra.doctor.place import Layout, Place, PlaceError, Resource, read
from tests.builders import START as NOW
from usher.doctor.model import State

PAIR = Pair("events", "https://sqs/1/events.fifo", "https://sqs/1/dead.fifo")
ARN = "arn:aws:sqs:eu-central-1:1:"
HOUR = timedelta(hours=1)


def client(service: str) -> Any:  # noqa: ANN401 - stubs differ by service
    make: Any = boto3.client
    return make(
        service,
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


@dataclass
class StubbedPlace:
    """A place whose clients answer what was put in."""

    layout: Layout
    local: bool = False
    stack: str = "usher-prod"
    region: str = "eu-central-1"
    clients: dict[str, Any] = field(default_factory=dict)
    stubs: list[Stubber] = field(default_factory=list)

    def client(self, service: str) -> Any:  # noqa: ANN401 - as above
        return self.clients[service]

    def answers(self, service: str, *answers: tuple[str, dict[str, Any]]) -> None:
        self.clients[service] = made = self.clients.get(service) or client(service)
        stub = Stubber(made)
        for operation, answer in answers:
            stub.add_response(operation, answer)
        stub.activate()
        self.stubs.append(stub)


@pytest.fixture
def place() -> Iterator[StubbedPlace]:
    resources = (
        Resource("SweeperFunction", "usher-prod-Sweeper-1", "AWS::Lambda::Function"),
        Resource("EventsQueue", "https://sqs/1/events.fifo", "AWS::SQS::Queue"),
        Resource("SweepRule", "usher-prod-SweepRule", "AWS::Events::Rule"),
        Resource("A", "usher-prod-a", "AWS::CloudWatch::Alarm"),
        Resource("B", "usher-prod-b", "AWS::CloudWatch::Alarm"),
        Resource("C", "usher-prod-c", "AWS::CloudWatch::CompositeAlarm"),
    )
    outputs = {"ListenerCluster": "cluster", "ListenerService": "service"}
    made = StubbedPlace(Layout("UPDATE_COMPLETE", {"Stage": "prod"}, outputs, resources))
    yield made
    for stub in made.stubs:
        stub.assert_no_pending_responses()


def asked(place: StubbedPlace) -> Place:
    return place  # type: ignore[return-value]  # all of it that is used


def test_a_whole_queue_is_moved_by_sqs(place: StubbedPlace) -> None:
    place.answers(
        "sqs",
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}dead.fifo"}}),
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}events.fifo"}}),
        ("start_message_move_task", {"TaskHandle": "task"}),
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}dead.fifo"}}),
        (
            "list_message_move_tasks",
            {
                "Results": [
                    {
                        "TaskHandle": "task",
                        "Status": "RUNNING",
                        "ApproximateNumberOfMessagesMoved": 7,
                    }
                ]
            },
        ),
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}dead.fifo"}}),
        (
            "list_message_move_tasks",
            {"Results": [{"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 9}]},
        ),
    )
    letters = SqsLetters(place.client("sqs"))

    task = letters.move(PAIR)

    assert letters.moved(PAIR, task) == ("RUNNING", 7)
    assert letters.moved(PAIR, task) == ("COMPLETED", 9)


def test_a_cloud_that_moves_nothing_says_so(place: StubbedPlace) -> None:
    place.answers(
        "sqs",
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}dead.fifo"}}),
        ("get_queue_attributes", {"Attributes": {"QueueArn": f"{ARN}events.fifo"}}),
    )
    place.stubs[0].add_client_error("start_message_move_task", "UnsupportedOperation")

    with pytest.raises(UnsupportedError):
        SqsLetters(place.client("sqs")).move(PAIR)


def test_figures_come_from_cloudwatch(place: StubbedPlace) -> None:
    points = [
        {"Timestamp": NOW - HOUR, "Sum": 3.0},
        {"Timestamp": NOW - 2 * HOUR, "Sum": 4.0},
        {"Timestamp": NOW - timedelta(minutes=30), "Sum": 0.0},
    ]
    place.answers(
        "cloudwatch",
        ("get_metric_statistics", {"Datapoints": points}),
        ("get_metric_statistics", {"Datapoints": points}),
        ("get_metric_statistics", {"Datapoints": [{"Timestamp": NOW, "Maximum": 90.0}]}),
        ("get_metric_statistics", {"Datapoints": []}),
    )

    assert total(asked(place), "f", "Errors", NOW) == 7
    seen = last_seen(asked(place), "f", NOW - timedelta(days=3), NOW)
    assert seen == NOW - HOUR + timedelta(minutes=15)
    assert oldest_message(asked(place), "q", NOW) == timedelta(seconds=90)
    assert last_seen(asked(place), "f", NOW - timedelta(days=3), NOW) is None


def test_errors_are_counted_and_the_newest_is_told_without_more(place: StubbedPlace) -> None:
    lines = [
        '{"level":"ERROR","message":"no","exception_name":"KeyError","message_id":"m"}',
        "2026-11-29T10:00:00Z 1-2 "
        '{"level":"ERROR","message":"it failed","exception_name":"AwsError","exception":"trace"}',
        '{"level":"INFO","message":"fine"}',
        "END RequestId",
    ]
    events = [{"message": line} for line in lines]
    place.answers(
        "logs",
        ("filter_log_events", {"events": events[:1], "nextToken": "more"}),
        ("filter_log_events", {"events": events[1:]}),
        ("filter_log_events", {"events": events[:1]}),
    )

    assert newest_error(asked(place), "/usher/prod/x", NOW) == (2, "AwsError: it failed")
    assert about(asked(place), "/usher/prod/x", NOW, "m") == "KeyError: no"


def test_a_schedule_is_held_against_the_runs_of_its_function(place: StubbedPlace) -> None:
    rule = {"Name": "usher-prod-SweepRule", "State": "ENABLED"}
    target = {"Id": "1", "Arn": "arn:aws:lambda:eu-central-1:1:function:usher-prod-Sweeper-1"}
    stack = {
        "StackName": "usher-prod",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": NOW - 9 * HOUR,
    }
    place.answers(
        "events",
        ("describe_rule", rule | {"ScheduleExpression": "rate(1 minute)"}),
        ("list_targets_by_rule", {"Targets": [target]}),
    )
    place.answers("cloudformation", ("describe_stacks", {"Stacks": [stack]}))
    place.answers("cloudwatch", ("get_metric_statistics", {"Datapoints": []}))

    [found] = Cloud(asked(place), NOW).schedules()

    assert (found.enabled, found.every) == (True, timedelta(minutes=1))
    assert found.last_run == NOW - 9 * HOUR  # never: not since there is a stack


def test_a_daily_schedule_that_never_runs_is_told(place: StubbedPlace) -> None:
    rule = {"Name": "usher-prod-SweepRule", "State": "ENABLED"}
    target = {"Id": "1", "Arn": "arn:aws:lambda:eu-central-1:1:function:usher-prod-Sweeper-1"}
    stack = {
        "StackName": "usher-prod",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": NOW - timedelta(days=90),
    }
    place.answers(
        "events",
        ("describe_rule", rule | {"ScheduleExpression": "cron(15 3 * * ? *)"}),
        ("list_targets_by_rule", {"Targets": [target]}),
    )
    place.answers("cloudformation", ("describe_stacks", {"Stacks": [stack]}))
    place.answers("cloudwatch", ("get_metric_statistics", {"Datapoints": []}))

    [found] = schedule_findings(Cloud(asked(place), NOW).schedules(), NOW)

    assert found.state is State.BROKEN


def test_a_log_that_tells_little_at_a_time_is_read_to_its_end(place: StubbedPlace) -> None:
    line = '{"level":"ERROR","message":"no","exception_name":"KeyError"}'
    place.answers(
        "logs",
        *[("filter_log_events", {"events": [], "nextToken": f"{n}"}) for n in range(20)],
        ("filter_log_events", {"events": [{"message": line}]}),
    )

    assert newest_error(asked(place), "/usher/prod/x", NOW) == (1, "KeyError: no")


def test_a_log_that_may_not_be_read_is_no_log_without_errors(place: StubbedPlace) -> None:
    place.answers("logs")
    place.stubs[0].add_client_error("filter_log_events", "AccessDeniedException")
    place.stubs[0].add_client_error("filter_log_events", "AccessDeniedException")
    place.stubs[0].add_client_error("filter_log_events", "ResourceNotFoundException")

    with pytest.raises(ClientError):
        newest_error(asked(place), "/usher/prod/x", NOW)

    # What else is told goes on without the log; one that nothing was written to is empty
    assert about(asked(place), "/usher/prod/x", NOW, "m") == ""
    assert newest_error(asked(place), "/usher/prod/x", NOW) == (0, "")


def test_a_stack_of_many_resources_is_read_whole(place: StubbedPlace) -> None:
    stack = {"StackName": "usher-prod", "StackStatus": "CREATE_COMPLETE", "CreationTime": NOW}
    resource = {"ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": NOW}
    queue = {
        "LogicalResourceId": "Q",
        "PhysicalResourceId": "https://sqs/q",
        "ResourceType": "AWS::SQS::Queue",
    }
    nested = {
        "LogicalResourceId": "Alarms",
        "PhysicalResourceId": "arn:nested",
        "ResourceType": "AWS::CloudFormation::Stack",
    }
    place.answers(
        "cloudformation",
        ("describe_stacks", {"Stacks": [stack]}),
        (
            "list_stack_resources",
            {"StackResourceSummaries": [nested | resource], "NextToken": "more"},
        ),
        ("list_stack_resources", {"StackResourceSummaries": [queue | resource]}),
        ("list_stack_resources", {"StackResourceSummaries": [queue | resource]}),
    )

    layout = read(asked(place))

    assert [one.logical_id for one in layout.resources] == ["Alarms", "Q", "Q"]


def test_a_queue_that_is_not_read_any_more_is_told(place: StubbedPlace) -> None:
    mapping = {
        "FunctionArn": "arn:aws:lambda:eu-central-1:1:function:usher-prod-Sweeper-1",
        "EventSourceArn": f"{ARN}events.fifo",
        "State": "Disabled",
    }
    other = mapping | {"FunctionArn": "arn:aws:lambda:eu-central-1:1:function:someone-else"}
    place.answers(
        "lambda",
        ("list_event_source_mappings", {"EventSourceMappings": [mapping, other]}),
        (
            "get_function_configuration",
            {"FunctionName": "usher-prod-Sweeper-1", "State": "Active"},
        ),
    )
    place.answers("logs", ("filter_log_events", {"events": []}))
    place.answers("cloudwatch", ("get_metric_statistics", {"Datapoints": []}))

    [found] = Cloud(asked(place), NOW).workers()

    assert found.disabled == ("events",)


def test_alarms_that_ring_and_tasks_that_run_are_read(place: StubbedPlace) -> None:
    alarm = {"AlarmName": "usher-prod-a", "StateValue": "ALARM", "AlarmDescription": "It burns."}
    # and the stage `prod-b` of the same account
    other = alarm | {"AlarmName": "usher-prod-b-a"}
    place.answers(
        "cloudwatch",
        (
            "describe_alarms",
            {
                "MetricAlarms": [
                    alarm,
                    alarm | {"AlarmName": "usher-prod-b", "StateValue": "OK"},
                    other,
                ],
                "CompositeAlarms": [{"AlarmName": "usher-prod-c", "StateValue": "OK"}],
            },
        ),
    )
    place.answers(
        "ecs",
        ("describe_services", {"services": [{"runningCount": 1, "desiredCount": 2}]}),
    )
    cloud = Cloud(asked(place), NOW)

    ringing, number = cloud.alarms()

    assert [one.description for one in ringing] == ["It burns."]
    assert number == 3
    assert cloud.tasks() == (1, 2)


def test_a_queue_s_age_is_asked_for_only_where_something_waits(place: StubbedPlace) -> None:
    depths = {
        "ApproximateNumberOfMessages": "2",
        "ApproximateNumberOfMessagesNotVisible": "1",
        "ApproximateNumberOfMessagesDelayed": "0",
    }
    place.answers("sqs", ("get_queue_attributes", {"Attributes": depths}))
    place.answers(
        "cloudwatch",
        ("get_metric_statistics", {"Datapoints": [{"Timestamp": NOW, "Maximum": 400.0}]}),
    )

    [found] = Cloud(asked(place), NOW).queues()

    assert (found.name, found.depth, found.in_flight) == ("events", 2, 1)
    assert found.oldest == timedelta(seconds=400)


def test_credentials_that_ran_out_are_no_missing_stack(place: StubbedPlace) -> None:
    place.answers("cloudformation")
    place.stubs[0].add_client_error(
        "describe_stacks", "ExpiredToken", "The security token included in the request is expired"
    )

    with pytest.raises(PlaceError, match="token included in the request is expired"):
        read(asked(place))


def test_logs_are_asked_again_where_they_are_asked_too_often() -> None:
    session = boto3.Session("x", "x", region_name="eu-central-1")
    asked_of = Place("usher-prod", session)

    attempts = asked_of.client("logs").meta.config.retries["total_max_attempts"]

    assert attempts >= 8
    assert asked_of.client("sqs").meta.config.retries["total_max_attempts"] < attempts
