"""The table in two emulations of DynamoDB: MiniStack over the wire, and moto in the process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from infra.local.emulator import Emulator
from tests.fakes.cloud import make_table
from usher.platform.dynamo_reads import Caller
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient

TABLE = "usher-front"


@dataclass
class Cloud:
    """Services, empty but for the table, and our clients of them. The SDK finds them by itself."""

    url: str | None
    """None for moto, which lives in the SDK."""
    dynamodb: Caller
    sqs: Caller


def sdk(service: str) -> Any:  # noqa: ANN401 - boto3 builds its clients at run time
    return cast("Any", boto3).client(service)


@dataclass
class SdkCaller:
    """Calls through the SDK, where moto catches them."""

    client: Any

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        answer: dict[str, object] = self.client._make_api_call(operation, dict(request))
        return answer


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@contextmanager
def wire(running: Emulator) -> Iterator[Cloud]:
    """Empty the emulator, make the table, and close our clients at the end."""
    running.reset()
    with environment(AWS_ENDPOINT_URL=running.endpoint_url):
        dynamodb, sqs = SignedClient(DYNAMODB), SignedClient(SQS)
        make_table(sdk("dynamodb"), TABLE)
        try:
            yield Cloud(running.endpoint_url, dynamodb, sqs)
        finally:
            dynamodb.close()
            sqs.close()


@contextmanager
def moto() -> Iterator[Cloud]:
    """Make the table in moto."""
    with environment(), mock_aws():
        make_table(sdk("dynamodb"), TABLE)
        yield Cloud(None, SdkCaller(sdk("dynamodb")), SdkCaller(sdk("sqs")))


@contextmanager
def environment(**more: str) -> Iterator[None]:
    """Set what the SDK and our own client read, and nothing of this machine's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        settings = {
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **more,
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def cloud(emulator: Emulator) -> Iterator[Cloud]:
    with wire(emulator) as made:
        yield made
