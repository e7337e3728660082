"""The lease's row: on the fake, on moto and on the emulator alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from gateway_listener.lease import Lease, LeaseTable, TableOutError
from gateway_listener.lease_table import DynamoLease, shard_key
from gateway_listener.progress import SessionPoint
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.leases import FakeLeases
from tests.integration.stores.conftest import aws
from usher.ids import UserId

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POINT = SessionPoint(NOON + timedelta(microseconds=1), "session", 7, "wss://gateway", 71)
LEASE = Lease("a", 1, NOON + timedelta(milliseconds=30_001))


@pytest.fixture(params=["fake", "moto", "emulator"])
def leases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LeaseTable]:
    if request.param == "fake":
        yield FakeLeases()
        return
    with aws(request.param, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        make_table(client)
        yield DynamoLease(client, TABLE, shard_key(UserId("1")))
        client.close()


def test_what_is_written_is_read(leases: LeaseTable) -> None:
    assert leases.read() is None
    assert leases.replace(None, LEASE)
    assert leases.read() == LEASE
    for point in (POINT, SessionPoint(NOON)):
        assert leases.renew(replace(LEASE, point=point))
        assert leases.read() == replace(LEASE, point=point)


def test_of_two_who_found_no_lease_one_takes_it(leases: LeaseTable) -> None:
    assert leases.replace(None, LEASE)
    assert not leases.replace(None, replace(LEASE, owner="b"))
    assert leases.read() == LEASE


def test_a_lease_that_was_renewed_meanwhile_is_not_taken(leases: LeaseTable) -> None:
    leases.replace(None, LEASE)
    leases.renew(replace(LEASE, expires_at=NOON + timedelta(hours=1)))
    assert not leases.replace(LEASE, replace(LEASE, owner="b", fence=2))


def test_whoever_lost_the_lease_writes_no_more(leases: LeaseTable) -> None:
    leases.replace(None, LEASE)
    taken = replace(LEASE, owner="b", fence=2)
    assert leases.replace(LEASE, taken)
    assert not leases.renew(replace(LEASE, point=POINT))
    assert leases.read() == taken


def test_nothing_is_renewed_that_is_not_there(leases: LeaseTable) -> None:
    assert not leases.renew(LEASE)


@pytest.mark.parametrize("where", ["moto", "emulator"])
def test_a_missing_table_is_an_outage(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with aws(where, request, monkeypatch):
        client = boto3.client("dynamodb", region_name=REGION)
        lease = DynamoLease(client, "nowhere", shard_key(UserId("1")))
        with pytest.raises(TableOutError) as caught:
            lease.read()
        assert caught.value.reason == "ResourceNotFoundException"
        with pytest.raises(TableOutError):
            lease.renew(LEASE)
        client.close()
