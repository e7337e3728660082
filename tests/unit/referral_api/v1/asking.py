"""The REST API on a table in memory, and requests to it with a key."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import boto3
import crawleruseragents
from moto import mock_aws

from referral_api.cors import Cors
from referral_api.devices import device_of
from referral_api.door import ReferralDoor
from referral_api.tracking import tracking_routes
from referral_api.v1.bootstrap import build_rest
from referral_api.v1.webhook_reach import Webhooks
from tests.builders import GUILD, START
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.funnel import FakeTeller
from tests.fakes.hook_room import FakeHookQueue
from tests.fakes.hooks import FakeKeptHooks
from tests.fakes.onboarding import FakeOutcomes
from tests.fakes.rewards import FakeOrders
from tests.integration.stores.test_referrals_contract import Moto
from tests.referring import OWNER, campaign, link
from tests.unit.referral_api.visiting import Answer, Context, FakeInvitations, Names
from tests.unit.slash.fakes import FakeLog
from usher.contracts.hook_event import SUBSCRIBED, HookEvent, HookType
from usher.hooks.delivery_table import DynamoDeliveries
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.hooks.managing import WebhookDesk
from usher.hooks.model import Attempt, Delivery, Endpoint, EndpointId, State
from usher.ids import GuildId, UserId
from usher.onboarding.offers import Offers
from usher.referrals.click_table import DynamoClicks
from usher.referrals.key_table import DynamoKeys
from usher.referrals.keys import ApiKey, Scope, digest_of, key_text
from usher.referrals.service import Visits
from usher.referrals.table import DynamoReferrals

SECRET = "s" * 43
ALL = frozenset(Scope)
PAGE = "https://shop.example"
MEMBER = "80351110224678912"


HOOK = EndpointId("we_0123456789ab")
EVENT = f"evt_{'0' * 32}"
SECRET_TEXT = "whsec_" + "A" * 44


@dataclass
class Api:
    """The door, asked over and over."""

    client: Moto
    now: datetime = START
    log: FakeLog = field(default_factory=FakeLog)
    door: ReferralDoor = field(init=False)
    key: str = ""
    orders: FakeOrders = field(default_factory=FakeOrders)
    outcomes: FakeOutcomes = field(default_factory=FakeOutcomes)
    effects: Callable[[], None] = lambda: None
    """What the effects function does while the door waits."""

    def __post_init__(self) -> None:
        self.table = DynamoReferrals(self.client, TABLE)
        self.keys = DynamoKeys(self.client, TABLE)
        self.clicks = DynamoClicks(self.client, TABLE)
        self._open()
        self.key = self.make_key("a" * 12)
        self.table.add_campaign(campaign(origins=(PAGE,)))
        self.table.add_link(link())

    def signing_in(self) -> None:
        """Have the sign-in with Discord set up from now on."""
        self._open(sign_in=True)

    def _open(self, *, sign_in: bool = False) -> None:
        ids = count(1)
        visits = Visits(
            self.table,
            self.clicks,
            FakeKeptHooks(),
            self.clock,
            lambda: f"id{next(ids)}",
            lambda: b"salt",
            crawleruseragents.is_crawler,
            device_of,
        )
        self.queue, self.hooks = FakeHookQueue(), FakeKeptHooks()
        self.teller = FakeTeller()
        self.deliveries = DynamoDeliveries(self.client, TABLE)
        self.desk = WebhookDesk(
            DynamoEndpoints(self.client, TABLE),
            self.deliveries,
            self.queue,
            bytes,
            lambda _: None,
        )
        self.switched: list[tuple[object, ...]] = []
        self.counted: list[tuple[object, ...]] = []
        self.door = ReferralDoor(
            (tracking_routes(visits, Names(), FakeInvitations()),),
            self.log,  # type: ignore[arg-type]
            build_rest(
                self.client,
                TABLE,
                "",
                "https://discord.gg",
                self.clock,
                lambda: f"seed{next(ids)}",
                Webhooks(
                    self.desk, self.hooks, lambda *asked: self.switched.append(asked), self.clock
                ),
                Offers(self.orders, self.outcomes, lambda _: self.effects()),
                self.teller,
                lambda *asked: self.counted.append(asked),
                sign_in=sign_in,
            ),
            Cors(visits.origins, frozenset({"https://panel.example"})),
        )

    def make_webhook(self) -> None:
        """An endpoint whose log holds a test that it did not take."""
        types = frozenset(SUBSCRIBED)
        made = Endpoint(HOOK, GUILD, "https://hooks.example/", types, SECRET_TEXT, START, START, "")
        self.desk.endpoints.add_endpoint(made)
        told = HookEvent(EVENT, HookType.TEST, GUILD, START, {"webhook_id": HOOK})
        self.deliveries.add_delivery(
            Delivery(HOOK, told, State.FAILED, None, 1, (Attempt(START, 5, 500, "", "no"),))
        )

    def clock(self) -> datetime:
        return self.now

    def make_key(
        self,
        prefix: str,
        scopes: frozenset[Scope] = ALL,
        owner_id: UserId | None = None,
        guild_id: GuildId = GUILD,
        expires_at: datetime | None = None,
    ) -> str:
        key = ApiKey(
            prefix,
            digest_of(SECRET),
            guild_id,
            "Test",
            scopes,
            self.now,
            OWNER,
            owner_id,
            expires_at,
            made_by=f"test {prefix}",
        )
        self.keys.add(key)
        return key_text(prefix, SECRET)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str | None = None,
        **headers: str,
    ) -> Answer:
        """Ask with the key of all scopes, or another; `""` for none."""
        path, _, query = path.partition("?")
        sent = {"content-type": "application/json"} if body is not None else {}
        used = self.key if key is None else key
        if used:
            sent["authorization"] = f"Bearer {used}"
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "ANY /api/{proxy+}",
            "rawPath": path,
            "rawQueryString": query,
            "queryStringParameters": dict(pairs),
            "headers": sent,
            "requestContext": {
                "domainName": "usher.example",
                "stage": "$default",
                "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
            },
            "isBase64Encoded": False,
        }
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        return self.handle(event)

    def handle(self, event: dict[str, Any]) -> Answer:
        found = json.loads(json.dumps(self.door.handle(event, Context())))
        told = {name.lower(): str(value) for name, value in found["headers"].items()}
        return Answer(found["statusCode"], told, found.get("body") or "", [])

    def later(self, span: timedelta) -> None:
        self.now += span


def put(there: Api, sort: str, **attributes: object) -> None:
    """Write a row of the guild's as the event worker would."""
    item: dict[str, object] = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": sort}}
    for name, value in attributes.items():
        item[name] = {"N": str(value)} if isinstance(value, int | Decimal) else {"S": value}
    there.client.call("PutItem", {"TableName": TABLE, "Item": item})


@contextmanager
def api() -> Iterator[Api]:
    with mock_aws():
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        yield Api(Moto(sdk))
        sdk.close()
