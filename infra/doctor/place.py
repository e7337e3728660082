"""Where a stack is: an AWS account, or the embedded cloud of a state folder on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.aws import session as local_session
from infra.local.deploy import STACK
from usher.platform.sigv4 import Credentials

AWS_FAILURES: Final = (BotoCoreError, ClientError)
NESTED: Final = "AWS::CloudFormation::Stack"
_PATIENCE: Final = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"total_max_attempts": 2, "mode": "standard"},
    s3={"addressing_style": "path"},
)
_SEARCHING: Final = _PATIENCE.merge(Config(retries={"total_max_attempts": 10, "mode": "standard"}))
"""Logs may be searched five times a second in most Regions (CloudWatch Logs quotas)."""


class PlaceError(Exception):
    """The stack cannot be found; the message is one sentence for the person."""


@dataclass(frozen=True)
class Place:
    """One stack's name, and clients of where it is."""

    stack: str
    session: boto3.Session = field(repr=False)
    endpoint_url: str | None = None
    """The embedded cloud's; None for AWS itself."""

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return self.endpoint_url is not None

    @property
    def region(self) -> str:
        """The Region."""
        return str(self.session.region_name)

    def client(self, service: str) -> Any:  # noqa: ANN401 - typed only for services that have stubs
        """Make a client of a service."""
        make: Any = self.session.client
        patience = _SEARCHING if service == "logs" else _PATIENCE
        return make(service, endpoint_url=self.endpoint_url, config=patience)

    def credentials(self) -> Credentials:
        """Read whose the credentials are; raises PlaceError."""
        found = self.session.get_credentials()
        if found is None:
            raise PlaceError("No AWS credentials were found: name a --profile, or log in.")
        frozen = found.get_frozen_credentials()
        return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)

    def environ(self) -> dict[str, str]:
        """Return the variables that our own signed client reads."""
        endpoint = {"AWS_ENDPOINT_URL": self.endpoint_url} if self.endpoint_url else {}
        return {"AWS_REGION": self.region, **endpoint}

    @cached_property
    def layout(self) -> Layout:
        """Read the stack as it stands; raises PlaceError."""
        return read(self)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a stack made."""

    logical_id: str
    physical_id: str
    type: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What a stack consists of, its nested stacks included."""

    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Pick the resources of a type."""
        return tuple(one for one in self.resources if one.type in types)

    def physical(self, logical_id: str) -> str | None:
        """Find a resource's own name or id."""
        found = [one.physical_id for one in self.resources if one.logical_id == logical_id]
        return found[0] if found else None


def on_this_machine(state: Path) -> Place:
    """Find the embedded cloud of a state folder; raises PlaceError."""
    try:
        kept = json.loads((state / "usher-state.json").read_text())
        port = int(kept.get("emulator_port", 0))
    except (OSError, ValueError, AttributeError) as error:
        raise PlaceError(f"{state} holds no system: start one with `usher up`.") from error
    if not port:
        raise PlaceError(f"The system of {state} has never run: start it with `usher up`.")
    return Place(STACK, local_session(), f"http://127.0.0.1:{port}")


def on_aws(stack: str, region: str | None, profile: str | None) -> Place:
    """Name a stack of an account; raises PlaceError."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise PlaceError(f"{error}.") from error
    if not session.region_name:
        raise PlaceError("Name the Region with --region or AWS_REGION.")
    return Place(stack, session)


def read(place: Place) -> Layout:
    """Read a stack as it stands; raises PlaceError."""
    formation = place.client("cloudformation")
    try:
        stack = formation.describe_stacks(StackName=place.stack)["Stacks"][0]
        resources = [*_resources(formation, place.stack)]
    except ClientError as error:
        raise PlaceError(
            f"There is no stack {place.stack} in {place.region}, or these credentials may not see "
            "it: name it with --stage or --stack-name, and look at --region and --profile. AWS "
            f"says: {error.response['Error'].get('Message')}"
        ) from error
    except BotoCoreError as error:
        hint = "is `usher up` running?" if place.local else "look at --region and --profile."
        raise PlaceError(f"The cloud cannot be reached ({type(error).__name__}): {hint}") from error
    return Layout(
        status=str(stack["StackStatus"]),
        parameters={
            one["ParameterKey"]: one.get("ParameterValue", "")
            for one in stack.get("Parameters", [])
        },
        outputs={one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
        resources=tuple(resources),
    )


def _resources(formation: Any, stack: str) -> list[Resource]:  # noqa: ANN401 - as above
    # DescribeStackResources tells of a hundred at most.
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
    found = [
        Resource(one["LogicalResourceId"], one.get("PhysicalResourceId", ""), one["ResourceType"])
        for page in pages
        for one in page["StackResourceSummaries"]
    ]
    nested = [one for one in found if one.type == NESTED and one.physical_id]
    return found + [inner for one in nested for inner in _resources(formation, one.physical_id)]
