"""Puts the translated template into the emulator: CreateStack the first time, UpdateStack after."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from infra.local import task_role
from infra.local.aws import Cloud
from infra.local.nested import Document, document, point
from infra.local.packager import Package, package, room_of
from infra.local.transform import Code, Json, handlers, load, translate

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

STACK: Final = "usher"
CODE_BUCKET: Final = "usher-local-code"
_SECONDS: Final = 30.0


class DeployError(Exception):
    """The emulator refused the stack; says which resource and why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that can be worked out before the emulator runs."""

    template: Json
    packages: Mapping[str, Package]
    parameters: Mapping[str, str]
    nested: Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What stands in the emulator: the translated template, its outputs, every physical id."""

    template: Json
    outputs: Mapping[str, str]
    physical_ids: Mapping[str, str]


def plan(template_file: Path, functions: Path, parameters: Mapping[str, str]) -> Plan:
    """Translate the template and zip each function; raises PackageError."""
    source = load(template_file)
    rooms = {room_of(handler) for handler in handlers(source).values()}
    packages = {room: package(functions, room) for room in sorted(rooms)}
    template = translate(
        source, parameters, lambda handler: Code(CODE_BUCKET, packages[room_of(handler)].key)
    )
    template["Resources"][task_role.ROLE] = task_role.as_user(source, template_file.parent)
    template, nested = point(template, template_file.parent, CODE_BUCKET)
    return Plan(template, packages, parameters, nested)


def deploy(cloud: Cloud, wanted: Plan) -> Deployment:
    """Bring the stack to what the plan says, or leave it if it is there; raises DeployError."""
    _upload(cloud, wanted.packages)
    for nested in wanted.nested.values():
        _put(cloud, nested)
    # CloudFormation reads a template of more than 51,200 bytes from the bucket alone.
    template = document(wanted.template)
    _put(cloud, template)
    address = f"{cloud.endpoint_url}/{CODE_BUCKET}/{template.key}"
    _create_or_update(cloud, address, wanted.parameters)
    stack = _wait_until_complete(cloud)
    resources = cloud.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployment(
        template=wanted.template,
        outputs={o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])},
        physical_ids={r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources},
    )


def _upload(cloud: Cloud, packages: Mapping[str, Package]) -> None:
    # Outside the stack, as the bucket of `sam deploy` is.
    buckets = {bucket.get("Name") for bucket in cloud.s3.list_buckets()["Buckets"]}
    if CODE_BUCKET not in buckets:
        cloud.s3.create_bucket(Bucket=CODE_BUCKET)
    held = cloud.s3.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", [])
    present = {item.get("Key") for item in held}
    for each in packages.values():
        if each.key not in present:
            cloud.s3.put_object(Bucket=CODE_BUCKET, Key=each.key, Body=each.content)


def _put(cloud: Cloud, template: Document) -> None:
    cloud.s3.put_object(Bucket=CODE_BUCKET, Key=template.key, Body=template.content)


def _create_or_update(cloud: Cloud, template_url: str, parameters: Mapping[str, str]) -> None:
    values: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
    ]
    try:
        if _describe(cloud) is None:
            cloud.cloudformation.create_stack(
                StackName=STACK,
                TemplateURL=template_url,
                Parameters=values,
                Capabilities=["CAPABILITY_IAM"],
            )
        else:
            cloud.cloudformation.update_stack(
                StackName=STACK,
                TemplateURL=template_url,
                Parameters=values,
                Capabilities=["CAPABILITY_IAM"],
            )
    except ClientError as error:
        # CloudFormation has no error code of its own for this: only the sentence tells.
        if "No updates are to be performed" not in error.response["Error"].get("Message", ""):
            raise DeployError(f"the stack was refused: {error}") from error


def _describe(cloud: Cloud) -> StackTypeDef | None:
    try:
        return cloud.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        raise


def _wait_until_complete(cloud: Cloud) -> StackTypeDef:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        stack = _describe(cloud)
        status = stack["StackStatus"] if stack else "absent"
        if stack and status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return stack
        if not status.endswith("IN_PROGRESS") or "ROLLBACK" in status:
            raise DeployError(f"the stack is {status}: {_first_failure(cloud)}")
        time.sleep(0.05)
    raise DeployError(f"the stack was not complete after {_SECONDS:.0f} s")


def _first_failure(cloud: Cloud) -> str:
    events = cloud.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    for event in reversed(events):
        if event.get("ResourceStatus", "").endswith("FAILED"):
            return f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
    return "no resource reported a failure"
