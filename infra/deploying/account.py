"""The operator's AWS account, by the SDK and its usual credentials: profile, SSO, variables."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from infra.deploying.model import Identity, Registry, StopError
from infra.deploying.sdk import NO_REGION, Clients, code_of, told

TAKEN: Final = ("InvalidInput", "EntityAlreadyExists")
"""How IAM says that there is one already."""
UNTAGGED_DAYS: Final = 7


def open_account(region: str | None, profile: str | None) -> tuple[Clients, str]:
    """Find credentials and Region; return a maker of clients. Raises StopError."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound as error:
        raise StopError(f"There is no profile {profile} in the AWS configuration.") from error
    if session.region_name is None:
        raise StopError(NO_REGION)
    made: dict[str, Any] = {}

    def client(service: str) -> Any:  # noqa: ANN401 - of any service
        if service not in made:
            with told(f"use {service}"):
                made[service] = cast("Any", session).client(service)
        return made[service]

    return client, session.region_name


class Account:
    """Implements Cloud."""

    def __init__(self, client: Clients, region: str) -> None:
        self._client = client
        self._region = region

    def identity(self) -> Identity:
        """Say who asks and in which Region."""
        with told("ask AWS who this is"):
            found = self._client("sts").get_caller_identity()
        return Identity(found["Account"], found["Arn"], self._region)

    def secret(self, name: str) -> str | None:
        """Read a secret; None where there is none."""
        with told(f"read the secret {name}"):
            try:
                answer = self._client("secretsmanager").get_secret_value(SecretId=name)
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":
                    return None
                raise
        return str(answer["SecretString"])

    def keep_secret(self, name: str, text: str, tags: Mapping[str, str]) -> None:
        """Make a secret, or give it a new version."""
        secrets = self._client("secretsmanager")
        with told(f"write the secret {name}"):
            try:
                secrets.create_secret(Name=name, SecretString=text, Tags=_tags(tags))
            except ClientError as error:
                if code_of(error) != "ResourceExistsException":
                    raise
                secrets.put_secret_value(SecretId=name, SecretString=text)

    def ensure_repository(self, name: str, tags: Mapping[str, str]) -> bool:
        """Have a repository whose tags name one content for ever; tell whether it was made now."""
        ecr = self._client("ecr")
        with told(f"make the repository {name}"):
            try:
                ecr.create_repository(
                    repositoryName=name,
                    imageTagMutability="IMMUTABLE",
                    imageScanningConfiguration={"scanOnPush": True},
                    tags=_tags(tags),
                )
            except ClientError as error:
                if code_of(error) != "RepositoryAlreadyExistsException":
                    raise
                return False
            ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps(_LIFE))
        return True

    def has_image(self, repository: str, tag: str) -> bool:
        """Whether an image is there."""
        with told(f"look into the repository {repository}"):
            try:
                found = self._client("ecr").describe_images(
                    repositoryName=repository, imageIds=[{"imageTag": tag}]
                )
            except ClientError as error:
                if code_of(error) == "ImageNotFoundException":
                    return False
                raise
        return bool(found["imageDetails"])

    def ensure_ecs_role(self) -> bool:
        """Have the role by which ECS works in the account; tell whether it was made now.

        A service fails in an account that never had one: CloudFormation does not wait for the role.
        """
        iam = self._client("iam")
        with told("make the role of ECS"):
            try:
                iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
            except ClientError as error:
                if code_of(error) not in TAKEN:
                    raise
                return False
        return True

    def at_once(self) -> int | None:
        """Say how many functions may run at once in the account; None where it is not told."""
        try:
            found = self._client("lambda").get_account_settings()
        except (BotoCoreError, ClientError):
            return None
        return int(found["AccountLimit"]["ConcurrentExecutions"])

    def registry(self) -> Registry:
        """Say where images are pushed to; the password is good for twelve hours."""
        with told("log in to the registry"):
            (given,) = self._client("ecr").get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
        return Registry(given["proxyEndpoint"].removeprefix("https://"), user, password)


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


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
