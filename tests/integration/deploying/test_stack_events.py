"""Why a change failed, from the events of a stack and of those nested in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.deploying.stack_events import STACK, failures

ROOT, NESTED = "arn:root", "arn:listener"


@dataclass
class Events:
    """A CloudFormation that has only events; the newest first, two a page."""

    held: Mapping[str, Sequence[Mapping[str, str]]]

    def get_paginator(self, operation: str) -> "Events":
        assert operation == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[Mapping[str, object]]:  # noqa: N803
        newest = [{"StackId": StackName, **one} for one in reversed(self.held[StackName])]
        for place in range(0, len(newest), 2):
            yield {"StackEvents": newest[place : place + 2]}


def event(name: str, status: str, reason: str = "", kind: str = "", at: str = "") -> dict[str, str]:
    return {
        "LogicalResourceId": name,
        "PhysicalResourceId": at or name,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def begun(what: str = "UPDATE_IN_PROGRESS") -> dict[str, str]:
    return event("usher-prod", what, "User Initiated", STACK, ROOT)


def test_the_cause_is_found_in_the_nested_stack_and_not_its_consequences() -> None:
    cloud = Events(
        {
            ROOT: [
                begun(),
                event("Rollup", "UPDATE_FAILED", "Resource update cancelled"),
                event("Listener", "UPDATE_FAILED", "Embedded stack failed", STACK, NESTED),
                event("usher-prod", "UPDATE_ROLLBACK_COMPLETE", "", STACK, ROOT),
            ],
            NESTED: [
                event("listener", "UPDATE_IN_PROGRESS", "", STACK, NESTED),
                event("Service", "UPDATE_FAILED", "ECS Deployment Circuit Breaker was triggered"),
            ],
        }
    )

    assert failures(cloud, ROOT) == ["Service: ECS Deployment Circuit Breaker was triggered"]


def test_failures_of_an_earlier_change_are_over() -> None:
    cloud = Events(
        {
            ROOT: [
                begun("CREATE_IN_PROGRESS"),
                event("UsherTable", "CREATE_FAILED", "long ago"),
                begun(),
                event("HooksQueue", "UPDATE_FAILED", "now"),
            ]
        }
    )

    assert failures(cloud, ROOT) == ["HooksQueue: now"]
