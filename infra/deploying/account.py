"""The operator's AWS account, by the SDK and its usual credentials: profile, SSO, variables."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from infra.deploying.model import Change, ChangeSet, Identity, Registry, Resource, Stack, StopError
from infra.deploying.stack_events import failures

NO_CREDENTIALS: Final = (
    "There are no AWS credentials: sign in first (`aws sso login`, `aws configure`), and name the "
    "profile with --profile or AWS_PROFILE."
)
NO_REGION: Final = "No Region is chosen: give --region, such as eu-central-1, or set AWS_REGION."
EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId")
CAPABILITIES: Final = ("CAPABILITY_IAM",)
UNTAGGED_DAYS: Final = 7


def open_account(region: str | None, profile: str | None) -> "Account":
    """Find credentials and Region. Raises StopError."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound as error:
        raise StopError(f"There is no profile {profile} in the AWS configuration.") from error
    if session.region_name is None:
        raise StopError(NO_REGION)
    return Account(lambda service: cast("Any", session).client(service), session.region_name)


class Account:
    """Implements Cloud; `client` makes an SDK client of a service."""

    def __init__(self, client: Callable[[str], Any], region: str) -> None:
        self._client = client
        self._region = region
        self._clients: dict[str, Any] = {}

    def identity(self) -> Identity:
        """Say who asks and in which Region."""
        with _told("ask AWS who this is"):
            found = self._of("sts").get_caller_identity()
        return Identity(found["Account"], found["Arn"], self._region)

    def secret(self, name: str) -> str | None:
        """Read a secret; None where there is none."""
        with _told(f"read the secret {name}"):
            try:
                answer = self._of("secretsmanager").get_secret_value(SecretId=name)
            except ClientError as error:
                if _code(error) == "ResourceNotFoundException":
                    return None
                raise
        return str(answer["SecretString"])

    def keep_secret(self, name: str, text: str, tags: Mapping[str, str]) -> None:
        """Make a secret, or give it a new version."""
        secrets = self._of("secretsmanager")
        with _told(f"write the secret {name}"):
            try:
                secrets.create_secret(Name=name, SecretString=text, Tags=_tags(tags))
            except ClientError as error:
                if _code(error) != "ResourceExistsException":
                    raise
                secrets.put_secret_value(SecretId=name, SecretString=text)

    def ensure_repository(self, name: str, tags: Mapping[str, str]) -> bool:
        """Have a repository whose tags name one content for ever; tell whether it was made now."""
        ecr = self._of("ecr")
        with _told(f"make the repository {name}"):
            try:
                ecr.create_repository(
                    repositoryName=name,
                    imageTagMutability="IMMUTABLE",
                    imageScanningConfiguration={"scanOnPush": True},
                    tags=_tags(tags),
                )
            except ClientError as error:
                if _code(error) != "RepositoryAlreadyExistsException":
                    raise
                return False
            ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps(_LIFE))
        return True

    def has_image(self, repository: str, tag: str) -> bool:
        """Whether an image is there."""
        with _told(f"look into the repository {repository}"):
            try:
                found = self._of("ecr").describe_images(
                    repositoryName=repository, imageIds=[{"imageTag": tag}]
                )
            except ClientError as error:
                if _code(error) == "ImageNotFoundException":
                    return False
                raise
        return bool(found["imageDetails"])

    def registry(self) -> Registry:
        """Say where images are pushed to; the password is good for twelve hours."""
        with _told("log in to the registry"):
            (given,) = self._of("ecr").get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        return Registry(given["proxyEndpoint"].removeprefix("https://"), user, password)

    def stack(self, name: str) -> Stack | None:
        """Look at a stack; None where there is none, or only a change set that would make it."""
        with _told(f"look at the stack {name}"):
            try:
                (found,) = self._of("cloudformation").describe_stacks(StackName=name)["Stacks"]
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
        if found["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
            return None
        return Stack(
            name,
            found["StackStatus"],
            {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])},
            {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])},
        )

    def resources(self, stack: str) -> Sequence[Resource]:
        """List the resources of a stack."""
        pages = self._of("cloudformation").get_paginator("list_stack_resources")
        with _told(f"list the resources of {stack}"):
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
        with _told(f"read the events of {stack}"):
            return failures(self._of("cloudformation"), stack)

    def change_sets(self, stack: str) -> frozenset[str]:
        """Name the change sets of a stack that could be carried out."""
        with _told(f"list the change sets of {stack}"):
            try:
                found = self._of("cloudformation").list_change_sets(StackName=stack)["Summaries"]
            except ClientError as error:
                if _is_absent(error):
                    return frozenset()
                raise
        return frozenset(
            one["ChangeSetId"] for one in found if one.get("ExecutionStatus") == "AVAILABLE"
        )

    def read_changes(self, change_set: str) -> ChangeSet:
        """Say what a change set would do."""
        pages = self._of("cloudformation").get_paginator("describe_change_set")
        with _told("read the changes"):
            rows = [
                one["ResourceChange"]
                for page in pages.paginate(ChangeSetName=change_set)
                for one in page["Changes"]
            ]
        return ChangeSet(change_set, tuple(_change(row) for row in rows))

    def discard(self, change_set: str) -> None:
        """Forget a change set."""
        with _told("forget the changes"):
            self._of("cloudformation").delete_change_set(ChangeSetName=change_set)

    def execute(self, change_set: str) -> None:
        """Begin to carry a change set out."""
        with _told("carry the changes out"):
            self._of("cloudformation").execute_change_set(ChangeSetName=change_set)

    def delete_stack(self, name: str) -> None:
        """Begin to delete a stack."""
        with _told(f"delete {name}"):
            self._of("cloudformation").delete_stack(StackName=name)

    def propose_import(self, stack: str, template: str, found: Sequence[Resource]) -> str:
        """Make the change set of a new stack that takes over what exists; return its name."""
        cloudformation = self._of("cloudformation")
        with _told(f"take over what there is into {stack}"):
            made = cloudformation.create_change_set(
                StackName=stack,
                ChangeSetName="adopt",
                ChangeSetType="IMPORT",
                TemplateBody=template,
                Capabilities=[*CAPABILITIES],
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

    def _of(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        if service not in self._clients:
            with _told(f"reach {service}"):
                self._clients[service] = self._client(service)
        return self._clients[service]


_IDENTIFIERS: Final = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3::BucketPolicy": "Bucket",
}

# Layers that no tag names any more; an image that a stack may go back to has one.
_LIFE: Final = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        }
    ]
}


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn what the SDK raises into a sentence."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StopError(NO_CREDENTIALS) from error
    except NoRegionError as error:
        raise StopError(NO_REGION) from error
    except ClientError as error:
        if _code(error) in EXPIRED:
            raise StopError(
                f"The AWS credentials are not good any more. {NO_CREDENTIALS}"
            ) from error
        told = error.response["Error"].get("Message", "")
        raise StopError(f"AWS did not let us {what}: {_code(error)}, {told}") from error
    except BotoCoreError as error:
        raise StopError(f"AWS could not be asked to {what}: {error}") from error


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        row["Action"],
        row["LogicalResourceId"],
        row["ResourceType"],
        replaces=row.get("Replacement") == "True",
    )


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code", ""))


def _is_absent(error: ClientError) -> bool:
    # CloudFormation has no error code of its own for this: only the sentence tells.
    return "does not exist" in error.response["Error"].get("Message", "")
