"""Leases, plan and turns: on the fake, on moto and on the emulator alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from gateway_listener.identify import Turn, Turns
from gateway_listener.lease import Lease, LeaseTable, TableOutError
from gateway_listener.lease_table import DynamoLeases, bot_key, shards_key
from gateway_listener.plan import Plan, PlanTable
from gateway_listener.progress import SessionPoint
from gateway_listener.rows import Rows
from gateway_listener.shard_table import DynamoPlans, DynamoTurns
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.leases import FakeLeases, FakePlans, FakeTurns
from tests.fakes.sdk import SdkCaller
from tests.integration.stores.conftest import aws
from usher.ids import UserId
from usher.platform.signed_http import DYNAMODB, SignedClient

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POINT = SessionPoint(NOON + timedelta(microseconds=1), "session", 7, "wss://gateway", 71)
LEASE = Lease("a", 1, NOON + timedelta(milliseconds=30_001))
BOT = UserId("1")


@dataclass
class Tables:
    leases: LeaseTable
    others: LeaseTable
    """The leases of another number of shards."""
    plans: PlanTable
    turns: Turns


@contextmanager
def dynamo(
    where: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, table: str = TABLE
) -> Iterator[Tables]:
    """Over the wire by our own client; on moto, which lives in the SDK, by the SDK's."""
    with aws(where, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        signed = SignedClient(DYNAMODB)
        caller = SdkCaller(client) if where == "moto" else signed

        def rows(partition: str) -> Rows:
            return Rows(caller, table, partition)

        yield Tables(
            DynamoLeases(rows(shards_key(BOT, 4))),
            DynamoLeases(rows(shards_key(BOT, 2))),
            DynamoPlans(rows(bot_key(BOT))),
            DynamoTurns(rows(bot_key(BOT))),
        )
        signed.close()
        client.close()


@pytest.fixture(params=["fake", "moto", "emulator"])
def tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    if request.param == "fake":
        yield Tables(FakeLeases(), FakeLeases(), FakePlans(), FakeTurns())
        return
    with dynamo(request.param, request, monkeypatch) as made:
        yield made


def test_what_is_written_is_read_by_shard_and_number_of_shards(tables: Tables) -> None:
    leases = tables.leases
    assert leases.leases() == {}
    assert leases.replace(0, None, LEASE)
    assert leases.replace(3, None, replace(LEASE, owner="b"))
    assert leases.leases() == {0: LEASE, 3: replace(LEASE, owner="b")}
    for point in (POINT, SessionPoint(NOON)):
        assert leases.renew(0, replace(LEASE, point=point))
        assert leases.leases()[0] == replace(LEASE, point=point)
    assert tables.others.leases() == {}


def test_of_two_who_found_no_lease_one_takes_it(tables: Tables) -> None:
    assert tables.leases.replace(1, None, LEASE)
    assert not tables.leases.replace(1, None, replace(LEASE, owner="b"))
    assert tables.leases.leases() == {1: LEASE}


def test_a_lease_that_was_renewed_meanwhile_is_not_taken(tables: Tables) -> None:
    tables.leases.replace(1, None, LEASE)
    tables.leases.renew(1, replace(LEASE, expires_at=NOON + timedelta(hours=1)))
    assert not tables.leases.replace(1, LEASE, replace(LEASE, owner="b", fence=2))


def test_whoever_lost_the_lease_writes_no_more(tables: Tables) -> None:
    tables.leases.replace(1, None, LEASE)
    taken = replace(LEASE, owner="b", fence=2)
    assert tables.leases.replace(1, LEASE, taken)
    assert not tables.leases.renew(1, replace(LEASE, point=POINT))
    assert tables.leases.leases() == {1: taken}


def test_nothing_is_renewed_that_is_not_there(tables: Tables) -> None:
    assert not tables.leases.renew(1, LEASE)


def test_the_plan_is_changed_by_one_who_knows_it(tables: Tables) -> None:
    assert tables.plans.plan() is None
    assert tables.plans.replace_plan(None, Plan(2))
    assert tables.plans.plan() == Plan(2)
    assert not tables.plans.replace_plan(None, Plan(3))
    assert tables.plans.replace_plan(Plan(2), Plan(4, NOON))
    assert tables.plans.plan() == Plan(4, NOON)


def test_a_turn_is_one_listeners(tables: Tables) -> None:
    first, second = Turn("a", NOON), Turn("b", NOON + timedelta(milliseconds=1))
    assert tables.turns.turn(0) is None
    assert tables.turns.replace_turn(0, None, first)
    assert not tables.turns.replace_turn(0, None, second)
    assert tables.turns.replace_turn(0, first, second)
    assert not tables.turns.replace_turn(0, first, first)
    assert tables.turns.turn(0) == second
    assert tables.turns.turn(1) is None


@pytest.mark.parametrize("where", ["moto", "emulator"])
def test_a_missing_table_is_an_outage(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with dynamo(where, request, monkeypatch, "nowhere") as tables:
        with pytest.raises(TableOutError) as caught:
            tables.leases.leases()
        assert caught.value.reason == "ResourceNotFoundException"
        with pytest.raises(TableOutError):
            tables.leases.renew(0, LEASE)
        with pytest.raises(TableOutError):
            tables.plans.plan()
