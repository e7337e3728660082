"""Why a change of a stack failed, by its events."""

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any, Final

STACK: Final = "AWS::CloudFormation::Stack"
CANCELLED: Final = "cancelled"
"""What CloudFormation writes on resources that it stopped because of another's failure."""


def failures(cloudformation: Any, stack: str) -> list[str]:  # noqa: ANN401 - an SDK client
    """Say which resources failed in the last change and why, the first first."""
    events = list(takewhile(lambda one: not _begins(one), _events(cloudformation, stack)))
    found: list[str] = []
    for event in reversed(events):
        reason = event.get("ResourceStatusReason", "")
        if not event.get("ResourceStatus", "").endswith("FAILED") or CANCELLED in reason.lower():
            continue
        nested = _nested(event)
        found += failures(cloudformation, nested) if nested else [_line(event, reason)]
    return found


def _events(cloudformation: Any, stack: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
        yield from page["StackEvents"]


def _begins(event: Mapping[str, Any]) -> bool:
    own = event.get("PhysicalResourceId") == event.get("StackId")
    begun = event.get("ResourceStatus") in (
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "IMPORT_IN_PROGRESS",
    )
    return own and begun


def _nested(event: Mapping[str, Any]) -> str:
    """Return the nested stack that an event is of."""
    other = event.get("PhysicalResourceId") != event.get("StackId")
    is_stack = event.get("ResourceType") == STACK and other
    return str(event.get("PhysicalResourceId") or "") if is_stack else ""


def _line(event: Mapping[str, Any], reason: str) -> str:
    return f"{event.get('LogicalResourceId')}: {reason or event.get('ResourceStatus')}"
