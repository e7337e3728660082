"""The gate before members-search, as the fake and in the table."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.builders import GUILD, at
from tests.fakes.cloud import REGION, TABLE, make_table, rows
from tests.fakes.members_search import FakeGates
from usher.attribution.confirming_ports import Gate, Gates
from usher.attribution.gate_store import DynamoGates
from usher.ids import GuildId
from usher.platform.dynamo import bind


@pytest.fixture(params=["fake", "moto"])
def gates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gates]:
    if request.param == "fake":
        yield FakeGates()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    boto3.DEFAULT_SESSION = None
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        client.close()
        bind(TABLE, REGION)
        yield DynamoGates()


def test_a_gate_never_touched_is_open(gates: Gates) -> None:
    assert gates.read(GUILD) == Gate()


def test_a_gate_is_closed_for_its_guild_alone_and_opened_again(gates: Gates) -> None:
    gates.close(GUILD, at(3600), 1)
    gates.close(GUILD, at(7200.5), 2)
    assert gates.read(GUILD) == Gate(closed_until=at(7200.5), refusals=2)
    assert gates.read(GuildId("2")) == Gate()

    gates.open(GUILD)

    assert gates.read(GUILD) == Gate()


@pytest.mark.parametrize(("value", "wanted"), [("off", False), ("auto", True), (None, True)])
def test_the_setting_is_read_from_the_guilds_settings(value: str | None, wanted: bool) -> None:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        if value is not None:
            row = {"pk": f"G#{GUILD}", "sk": "S#guild#members_search", "value": value}
            client.put_item(TableName=TABLE, Item={k: {"S": v} for k, v in row.items()})
        client.close()
        bind(TABLE, REGION)

        assert DynamoGates().read(GUILD).wanted is wanted


def test_a_closed_gate_is_swept_away_a_day_after_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        client.close()
        bind(TABLE, REGION)

        DynamoGates().close(GUILD, at(3600), 1)

        [row] = rows(prefix="SEARCH")
        assert int(row["ttl"]) == int(at(3600 + 86400).timestamp())
