"""Endpoints, deliveries and kept events: the fake, and the table in both emulations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, START, at
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.hook_room import FakeHookTable
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.unit.hooks.stories import EVERY, URL, event
from usher.contracts.hook_order import Deliver, TellKept
from usher.hooks.delivery_table import DynamoDeliveries, DynamoKeptEvents, keep_event
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.model import Attempt, Delivery, Ending, Endpoint, EndpointId, Health, State
from usher.hooks.ports import DeliveryTable, EndpointTable, KeptEvents, StaleError, TakenError
from usher.hooks.rules import delivery_key
from usher.hooks.sweeping import HookSweep
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.times import format_time
from usher.timing.reads import DynamoDueIndex

ONE = Endpoint(
    EndpointId("we_1"),
    GUILD,
    URL,
    EVERY,
    "whsec_MQ==",
    START,
    START,
    "900",
    "CRM",
    old_secret="whsec_Mg==",
    old_until=at(60),
    made_by="discord:1",
)
SICK = Health(4, 2, at(1), at(2), at(3), Ending.FAILING)


@dataclass
class Stored:
    endpoints: EndpointTable
    deliveries: DeliveryTable
    kept: KeptEvents
    client: Client | None = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    if request.param == "fake":
        table = FakeHookTable()
        yield Stored(table, table, table)
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stored(
            DynamoEndpoints(client, TABLE),
            DynamoDeliveries(client, TABLE),
            DynamoKeptEvents(client, TABLE),
            client,
        )
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_endpoints_are_kept_as_they_are(stored: Stored) -> None:
    other = replace(ONE, id=EndpointId("we_2"), created_at=at(1), old_secret="", old_until=None)
    stored.endpoints.add_endpoint(other)
    stored.endpoints.add_endpoint(ONE)
    stored.endpoints.add_endpoint(replace(ONE, id=EndpointId("we_3"), guild_id=GuildId("7")))

    assert stored.endpoints.endpoints(GUILD) == ((ONE, Health()), (other, Health()))
    assert stored.endpoints.endpoint(GUILD, EndpointId("we_3")) is None


def test_who_made_an_endpoint_makes_it_again_and_nobody_else(stored: Stored) -> None:
    stored.endpoints.add_endpoint(ONE)
    again = replace(ONE, secret="whsec_Mw==")

    stored.endpoints.add_endpoint(again)
    with pytest.raises(TakenError):
        stored.endpoints.add_endpoint(replace(ONE, made_by="discord:2"))

    assert stored.endpoints.endpoint(GUILD, ONE.id) == (again, Health())


def test_a_change_is_of_the_version_before(stored: Stored) -> None:
    stored.endpoints.add_endpoint(ONE)
    changed = replace(ONE, active=False, version=2)

    stored.endpoints.change_endpoint(changed)
    with pytest.raises(StaleError):
        stored.endpoints.change_endpoint(changed)

    assert stored.endpoints.endpoint(GUILD, ONE.id) == (changed, Health())


def test_health_is_of_the_one_before_and_is_forgotten(stored: Stored) -> None:
    stored.endpoints.add_endpoint(ONE)

    stored.endpoints.keep_health(ONE, Health(), SICK)
    with pytest.raises(StaleError):
        stored.endpoints.keep_health(ONE, Health(), Health(1))
    with pytest.raises(StaleError):
        stored.endpoints.keep_health(ONE, replace(SICK, resting_until=None), Health(1))
    stored.endpoints.keep_health(ONE, SICK, replace(SICK, told=True))

    assert stored.endpoints.endpoint(GUILD, ONE.id) == (ONE, replace(SICK, told=True))
    stored.endpoints.heal(GUILD, ONE.id)
    assert stored.endpoints.endpoints(GUILD) == ((ONE, Health()),)


def test_a_deleted_endpoint_is_gone_with_its_health(stored: Stored) -> None:
    stored.endpoints.add_endpoint(ONE)
    stored.endpoints.keep_health(ONE, Health(), SICK)

    stored.endpoints.forget_endpoint(GUILD, ONE.id)

    assert stored.endpoints.endpoints(GUILD) == ()
    stored.endpoints.add_endpoint(ONE)
    assert stored.endpoints.endpoint(GUILD, ONE.id) == (ONE, Health())


def test_a_delivery_is_kept_once_and_changes_from_what_it_was(stored: Stored) -> None:
    attempts = (Attempt(at(3), 12, None, "timeout"), Attempt(at(4), 5, 500, "", "sörry"))
    one = Delivery(ONE.id, event(), State.PENDING, at(60))
    key = delivery_key(event())
    stored.deliveries.add_delivery(one)
    with pytest.raises(TakenError):
        stored.deliveries.add_delivery(one)

    done = replace(one, state=State.FAILED, due_at=None, tries=2, attempts=attempts, run="r")
    stored.deliveries.change_delivery(done, one)
    with pytest.raises(StaleError):
        stored.deliveries.change_delivery(one, one)

    assert stored.deliveries.delivery(GUILD, ONE.id, key) == done
    assert stored.deliveries.delivery(GUILD, EndpointId("we_2"), key) is None
    stored.deliveries.change_delivery(one, done)
    assert stored.deliveries.delivery(GUILD, ONE.id, key) == one


def test_the_log_is_read_both_ways(stored: Stored) -> None:
    many = [Delivery(ONE.id, event(str(n)), State.HELD) for n in range(1, 6)]
    for one in many:
        stored.deliveries.add_delivery(one)
    keys = [delivery_key(one.event) for one in many]
    deliveries = stored.deliveries

    assert deliveries.deliveries(GUILD, ONE.id, keys[0], keys[3], 2) == tuple(many[1:3])
    assert deliveries.deliveries(GUILD, ONE.id, "D#", f"{keys[1][:30]}~", 9) == tuple(many[:2])
    assert deliveries.latest(GUILD, ONE.id, keys[4], 2) == (many[3], many[2])
    assert deliveries.latest(GUILD, ONE.id, "E", 9) == tuple(many[::-1])
    assert deliveries.latest(GUILD, EndpointId("we_2"), "E", 9) == ()


def test_the_clock_finds_what_is_due_and_what_was_kept(stored: Stored) -> None:
    if stored.client is None:
        pytest.skip("the fake has no index")
    client = stored.client
    client.call("TransactWriteItems", {"TransactItems": [keep_event(TABLE, event("9"), START)]})
    stored.deliveries.add_delivery(Delivery(ONE.id, event("1"), State.PENDING, at(60)))
    stored.deliveries.add_delivery(Delivery(ONE.id, event("2"), State.PENDING, at(600)))
    stored.deliveries.add_delivery(Delivery(ONE.id, event("3"), State.HELD))
    ordered: list[object] = []

    class Orders:
        def order(self, orders: Any, delay: int = 0) -> None:  # noqa: ANN401
            ordered.extend(orders)

    index = DynamoDueIndex(DynamoReads(client, TABLE))
    report = HookSweep(index, Orders(), lambda: START + timedelta(minutes=3)).run()

    key, due = delivery_key(event("1")), format_time(at(60))
    assert ordered == [Deliver(GUILD, ONE.id, key, due), TellKept(GUILD, event("9").id)]
    assert (report.told, report.unknown) == (2, 0)
    assert stored.kept.kept(GUILD, event("9").id) == event("9")
    stored.kept.drop(GUILD, event("9").id)
    assert stored.kept.kept(GUILD, event("9").id) is None
