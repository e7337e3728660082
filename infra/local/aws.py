"""How this machine speaks to the embedded cloud: false credentials, one typed client a service."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "us-east-1"
ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105 - the emulator's documented root key; it opens nothing else

# botocore reads profiles and files of the person's real accounts unless each source is shut.
_NO_HOST_SETTINGS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the variables that make any SDK in a subprocess speak to the emulator."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def session() -> boto3.Session:
    """Return an SDK session that knows the false credentials and nothing of the host's settings."""
    core = botocore.session.Session(session_vars=_NO_HOST_SETTINGS)
    return boto3.Session(
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=REGION,
        botocore_session=core,
    )


@dataclass(frozen=True)
class Cloud:
    """Clients of one running emulator, each made when first asked for."""

    endpoint_url: str

    @cached_property
    def _session(self) -> boto3.Session:
        return session()

    @cached_property
    def _config(self) -> Config:
        return Config(
            connect_timeout=2,
            read_timeout=30,
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"},
            max_pool_connections=16,
        )

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """CloudFormation."""
        return self._session.client(
            "cloudformation", endpoint_url=self.endpoint_url, config=self._config
        )

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """CloudWatch: metrics and alarms."""
        return self._session.client(
            "cloudwatch", endpoint_url=self.endpoint_url, config=self._config
        )

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """DynamoDB."""
        return self._session.client("dynamodb", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def functions(self) -> LambdaClient:
        """Lambda."""
        return self._session.client("lambda", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def iam(self) -> IAMClient:
        """IAM."""
        return self._session.client("iam", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs."""
        return self._session.client("logs", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def s3(self) -> S3Client:
        """S3."""
        return self._session.client("s3", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        """Secrets Manager."""
        return self._session.client(
            "secretsmanager", endpoint_url=self.endpoint_url, config=self._config
        )

    @cached_property
    def sqs(self) -> SQSClient:
        """SQS."""
        return self._session.client("sqs", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def sns(self) -> SNSClient:
        """SNS."""
        return self._session.client("sns", endpoint_url=self.endpoint_url, config=self._config)
