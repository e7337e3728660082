"""What is asked of AWS alone, held against the SDK's own description of each service."""

from datetime import timedelta

import pytest

from infra.dlq.ports import Pair, UnsupportedError
from infra.dlq.sqs import SqsLetters
from infra.doctor.cloud_probes import Cloud
from infra.doctor.cloud_rules import schedule_findings
from infra.doctor.metrics import last_seen, oldest_message, total
from infra.doctor.place import PlaceError, read
from tests.builders import START as NOW
from tests.fakes.stubbed_place import StubbedPlace, asked
from usher.doctor.model import State

PAIR = Pair("events", "https://sqs/1/events.fifo", "https://sqs/1/dead.fifo")
ARN = "arn:aws:sqs:eu-central-1:1:"
HOUR = timedelta(hours=1)


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


def scheduled(place: StubbedPlace, expression: str, age: timedelta) -> None:
    """Let the stack be so old, and its schedule's function never have run."""
    rule = {"Name": "usher-prod-SweepRule", "State": "ENABLED", "ScheduleExpression": expression}
    target = {"Id": "1", "Arn": "arn:aws:lambda:eu-central-1:1:function:usher-prod-Sweeper-1"}
    stack = {
        "StackName": "usher-prod",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": NOW - age,
    }
    place.answers(
        "events", ("describe_rule", rule), ("list_targets_by_rule", {"Targets": [target]})
    )
    place.answers("cloudformation", ("describe_stacks", {"Stacks": [stack]}))
    place.answers("cloudwatch", ("get_metric_statistics", {"Datapoints": []}))


def test_a_schedule_is_held_against_the_runs_of_its_function(place: StubbedPlace) -> None:
    scheduled(place, "rate(1 minute)", 9 * HOUR)

    [found] = Cloud(asked(place), NOW).schedules()

    assert (found.enabled, found.every) == (True, timedelta(minutes=1))
    assert found.last_run == NOW - 9 * HOUR  # never: not since there is a stack


def test_a_daily_schedule_that_never_runs_is_told(place: StubbedPlace) -> None:
    scheduled(place, "cron(15 3 * * ? *)", timedelta(days=90))

    [found] = schedule_findings(Cloud(asked(place), NOW).schedules(), NOW)

    assert found.state is State.BROKEN
