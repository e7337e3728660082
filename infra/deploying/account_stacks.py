"""Stacks of the operator's account, by the SDK."""

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.deploying.model import Change, ChangeSet, Resource, Stack
from infra.deploying.sdk import Clients, told
from infra.deploying.stack_events import failures

_IDENTIFIERS: Final = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3::BucketPolicy": "Bucket",
}


class AccountStacks:
    """Implements Stacks."""

    def __init__(self, client: Clients) -> None:
        self._client = client

    @property
    def _cloudformation(self) -> Any:  # noqa: ANN401 - an SDK client
        return self._client("cloudformation")

    def stack(self, name: str) -> Stack | None:
        """Look at a stack; None where there is none."""
        with told(f"look at the stack {name}"):
            try:
                (found,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
        if found["StackStatus"] == "DELETE_COMPLETE":
            return None
        return Stack(
            name,
            found["StackStatus"],
            {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])},
            {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])},
        )

    def resources(self, stack: str) -> Sequence[Resource]:
        """List the resources of a stack."""
        pages = self._cloudformation.get_paginator("list_stack_resources")
        with told(f"list the resources of {stack}"):
            return [
                Resource(
                    one["LogicalResourceId"],
                    one["ResourceType"],
                    one.get("PhysicalResourceId", ""),
                    one["ResourceStatus"],
                )
                for page in pages.paginate(StackName=stack)
                for one in page["StackResourceSummaries"]
            ]

    def failures(self, stack: str) -> Sequence[str]:
        """Say, of the last change, which resources failed and why; nested stacks included."""
        with told(f"read the events of {stack}"):
            return failures(self._cloudformation, stack)

    def change_sets(self, stack: str) -> frozenset[str]:
        """Name the change sets of a stack that could be carried out."""
        with told(f"list the change sets of {stack}"):
            try:
                found = self._cloudformation.list_change_sets(StackName=stack)["Summaries"]
            except ClientError as error:
                if _is_absent(error):
                    return frozenset()
                raise
        return frozenset(
            one["ChangeSetId"] for one in found if one.get("ExecutionStatus") == "AVAILABLE"
        )

    def read_changes(self, change_set: str) -> ChangeSet:
        """Say what a change set would do."""
        pages = self._cloudformation.get_paginator("describe_change_set")
        with told("read the changes"):
            rows = [
                one["ResourceChange"]
                for page in pages.paginate(ChangeSetName=change_set)
                for one in page["Changes"]
            ]
        return ChangeSet(change_set, tuple(_change(row) for row in rows))

    def discard(self, change_set: str) -> None:
        """Forget a change set."""
        with told("forget the changes"):
            self._cloudformation.delete_change_set(ChangeSetName=change_set)

    def execute(self, change_set: str) -> None:
        """Begin to carry a change set out."""
        with told("carry the changes out"):
            self._cloudformation.execute_change_set(ChangeSetName=change_set)

    def delete_stack(self, name: str) -> None:
        """Begin to delete a stack."""
        with told(f"delete {name}"):
            self._cloudformation.delete_stack(StackName=name)

    def propose_import(self, stack: str, template: str, found: Sequence[Resource]) -> str:
        """Make the change set of a new stack that takes over what exists; return its name."""
        cloudformation = self._cloudformation
        with told(f"take over what there is into {stack}"):
            made = cloudformation.create_change_set(
                StackName=stack,
                ChangeSetName=f"adopt-{token_hex(4)}",
                ChangeSetType="IMPORT",
                TemplateBody=template,
                Capabilities=["CAPABILITY_IAM"],
                ResourcesToImport=[
                    {
                        "ResourceType": one.kind,
                        "LogicalResourceId": one.logical_id,
                        "ResourceIdentifier": {_IDENTIFIERS[one.kind]: one.physical_id},
                    }
                    for one in found
                ],
            )
            waiter = cloudformation.get_waiter("change_set_create_complete")
            waiter.wait(ChangeSetName=made["Id"])
        return str(made["Id"])


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        row["Action"],
        row["LogicalResourceId"],
        row["ResourceType"],
        replaces=row.get("Replacement") == "True",
    )


def _is_absent(error: ClientError) -> bool:
    # CloudFormation has no error code of its own for this: only the sentence tells.
    return "does not exist" in error.response["Error"].get("Message", "")
