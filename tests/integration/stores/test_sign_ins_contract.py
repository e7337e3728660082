"""Sign-ins under way: one suite for the fake and for the table in both emulations."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from tests.builders import START
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.signing import FakeSignIns
from tests.integration.stores.conftest import aws, dynamo_guilds
from tests.integration.stores.test_referrals_contract import Moto
from tests.referring import CODE, click
from usher.funnel.model import trace_of
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.sign_in import SignInRows, Taken
from usher.referrals.sign_in_table import DynamoSignIns

TRACE = trace_of(click(variant="bold"))
ENDS = START + timedelta(minutes=10)


@pytest.fixture(params=["fake", "moto", "emulator"])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignInRows]:
    if request.param == "fake":
        yield FakeSignIns()
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        client: Any = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield DynamoSignIns(client, TABLE)
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_a_sign_in_is_taken_once(rows: SignInRows) -> None:
    rows.begin("state", "browser", CODE, TRACE, ENDS)

    assert rows.take("state", "browser", START) == CODE
    assert rows.take("state", "browser", START) is Taken.USED
    assert rows.link_of("state", "browser") == CODE
    assert rows.trace_of("state") == TRACE


def test_it_is_of_its_browser_and_its_time(rows: SignInRows) -> None:
    rows.begin("state", "browser", CODE, TRACE, ENDS)

    assert rows.take("other", "browser", START) is None
    assert rows.take("state", "other", START) is None
    assert rows.link_of("state", "other") is None
    assert rows.link_of("other", "browser") is None
    assert rows.take("state", "browser", ENDS) is None
    assert rows.take("state", "browser", ENDS - timedelta(microseconds=1)) == CODE
