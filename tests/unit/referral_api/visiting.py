"""The referral API's door with everything around it in memory, and requests to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

import crawleruseragents
from aws_lambda_powertools.utilities.typing import LambdaContext

from referral_api.devices import device_of
from referral_api.door import ReferralDoor
from referral_api.legal import Operator, legal_routes
from referral_api.pages import Pages
from referral_api.public import public_routes
from referral_api.signing_in import sign_in_routes
from referral_api.tracking import tracking_routes
from tests.builders import START
from tests.fakes.hooks import FakeKeptHooks
from tests.fakes.referrals import FakeInviteRows, FakeReferrals
from tests.fakes.signing import FakeEntry, FakeIdentity, FakeSignIns
from tests.referring import campaign, link
from tests.unit.slash.fakes import FakeLog
from usher.ids import GuildId, InviteCode
from usher.referrals.clicks import Click
from usher.referrals.model import Variant
from usher.referrals.service import Landing, Visits
from usher.referrals.sign_in import SignIns

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


class Context(LambdaContext):
    aws_request_id = "request-1"


@dataclass
class FakeInvitations:
    """Gives the same invite to everybody, or none."""

    url: str | None = "https://discord.gg/abc"
    asked: list[str] = field(default_factory=list)

    def invite_url(self, landing: Landing, click: Click) -> str | None:
        assert landing.link
        self.asked.append(click.visitor)
        return self.url


class Names:
    def name_of(self, guild_id: GuildId) -> str:
        return f"Guild {guild_id}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str
    cookies: list[str]

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever it says
        return json.loads(self.body)


class Door:
    """The door, asked over and over."""

    def __init__(self, operator: Operator | None = None, /, **link_changes: object) -> None:
        self.table = FakeReferrals()
        self.invitations = FakeInvitations()
        self.log = FakeLog()
        self.operator = operator or Operator()
        self.now = START
        ids = count(1)
        visits = Visits(
            self.table,
            self.table,
            FakeKeptHooks(),
            self._clock,
            lambda: f"id{next(ids)}",
            lambda: b"salt",
            crawleruseragents.is_crawler,
            device_of,
        )
        self.entry, self.invites = FakeEntry(), FakeInviteRows()
        self.identity = FakeIdentity()
        self.sign_ins = FakeSignIns()
        pages = Pages()
        sign_ins = SignIns(
            self.sign_ins,
            self.identity,
            self.entry,
            self.invites,
            visits.known,
            self._clock,
            lambda: f"secret-{next(ids)}",
            "https://discord.com",
            "1000",
        )
        self.door = ReferralDoor(
            (
                public_routes(visits, pages, Names(), self.invitations, sign_ins, ""),
                sign_in_routes(sign_ins, pages, ""),
                tracking_routes(visits, Names(), self.invitations),
                legal_routes(pages, self.operator),
            ),
            self.log,  # type: ignore[arg-type]
        )
        self.table.add_link(link(**({"invite": InviteCode("abc")} | link_changes)))

    def campaign(self, **changes: object) -> "Door":
        self.table.add_campaign(campaign(**changes))
        return self

    def campaigns_variants(self, *variants: Variant) -> None:
        """Change the looks of the page."""
        (before,) = self.table.campaigns(link().guild_id)
        self.table.change_campaign(replace(before, variants=variants, version=before.version + 1))

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        address: str = "203.0.113.7",
        **more: Any,  # noqa: ANN401 - parts of an event
    ) -> Answer:
        headers = {"user-agent": PHONE, "content-type": "application/json"}
        event = {
            "version": "2.0",
            "routeKey": "ANY /r/{proxy+}",
            "rawPath": path,
            "rawQueryString": more.pop("query", ""),
            "queryStringParameters": more.pop("asked", {}),
            "cookies": more.pop("cookies", []),
            "headers": headers | more.pop("headers", {}),
            "requestContext": {
                "domainName": "usher.example",
                "stage": "$default",
                "http": {"method": method, "path": path, "sourceIp": address},
            },
            "isBase64Encoded": False,
        }
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        found = json.loads(json.dumps(self.door.handle(event, Context())))
        headers = {name.lower(): str(value) for name, value in found["headers"].items()}
        cookies = found.get("cookies", [])
        return Answer(found["statusCode"], headers, found.get("body") or "", cookies)

    def pause(self) -> None:
        """Let the link rest."""
        (found,) = self.table.links(link().guild_id)
        self.table.change_link(replace(found, active=False, version=found.version + 1))

    def counts(self) -> tuple[int, int, int]:
        """Clicks, bots, repeats."""
        (found,) = self.table.links(link().guild_id)
        return found.counts.clicks, found.counts.bots, found.counts.repeats

    def _clock(self) -> datetime:
        return self.now
