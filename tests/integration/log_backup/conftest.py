"""A cloud for the daily job and the ledger's commands."""

import os
from collections.abc import Iterator

import boto3
import pytest

from event_worker.bootstrap import build
from infra.local.emulator import Emulator
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_queue, make_table
from tests.integration.event_worker.conftest import record
from tests.integration.stores.conftest import aws
from usher.contracts.observation import Observation


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(params=["moto", "emulator"])
def environ(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """A cloud, as the variables that functions know it by."""
    with aws(request.param, request, monkeypatch):
        make_table(boto3.client("dynamodb", region_name=REGION))
        make_bucket(boto3.client("s3", region_name=REGION))
        client = boto3.client("sqs", region_name=REGION)
        variables = {
            **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
            "TABLE_NAME": TABLE,
            "LEDGER_BUCKET": BUCKET,
            "AWS_REGION": REGION,
            "POWERTOOLS_SERVICE_NAME": "log_backup",
            **{
                f"{name.upper()}_QUEUE_URL": make_queue(client, name)
                for name in ("events", "effects", "confirmations", "repairs", "hooks")
            },
        }
        yield variables


def handle(variables: dict[str, str], *observations: Observation) -> None:
    """Let the event worker have them."""
    worker = build(variables, 1)
    answer = worker.handle([record(one) for one in observations], lambda: 15_000)
    assert answer == {"batchItemFailures": []}
