"""Campaigns, links and clicks: the fake, and both emulations."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.builders import GUILD, START, at
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.referrals import FakeInviteRows, FakeReferrals
from tests.integration.stores.conftest import aws
from tests.referring import CODE, SPRING, campaign, click, link
from usher.funnel.model import trace_of
from usher.funnel.table import DynamoJourneys
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient
from usher.referrals.click_table import DynamoClicks
from usher.referrals.clicks import ClickKind, Device
from usher.referrals.invite_books import InviteRows
from usher.referrals.invite_table import DynamoInviteRows
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import ClickTable, ReferralTable, StaleError, TakenError
from usher.referrals.table import DynamoReferrals


class Client(Protocol):
    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]: ...


@dataclass
class Moto:
    """Calls through the SDK, with our own client's errors."""

    client: Any

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        try:
            answer: dict[str, object] = self.client._make_api_call(operation, dict(request))
        except ClientError as error:
            raise AwsError(operation, 400, error.response["Error"]["Code"]) from error
        return answer


@dataclass
class Stored:
    table: ReferralTable
    clicks: ClickTable
    invites: InviteRows
    client: Client | None = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    if request.param == "fake":
        fake = FakeReferrals()
        yield Stored(fake, fake, FakeInviteRows())
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stored(
            DynamoReferrals(client, TABLE),
            DynamoClicks(client, TABLE),
            DynamoInviteRows(client, TABLE),
            client,
        )
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_campaigns_are_kept_listed_and_changed_by_version(stored: Stored) -> None:
    table = stored.table
    assert table.campaigns(GUILD) == ()
    assert table.campaign(GUILD, SPRING) is None
    first = campaign()
    second = campaign(id=CampaignId("99"), name="Fall", created_at=at(5))
    for one in (second, first):
        table.add_campaign(one)
    with pytest.raises(TakenError):
        table.add_campaign(replace(first, name="Again"))

    assert table.campaigns(GUILD) == (first, second)
    assert table.campaigns(GuildId("1")) == ()
    changed = replace(first, paused=True, version=2)
    table.change_campaign(changed)
    with pytest.raises(StaleError):
        table.change_campaign(replace(first, name="Late", version=2))

    assert table.campaign(GUILD, SPRING) == changed


def test_links_are_kept_listed_and_changed_by_version(stored: Stored) -> None:
    table = stored.table
    assert table.link(CODE) is None
    assert table.links(GUILD) == ()
    first = link(description="d", platform="youtube", expires_at=at(60), made_by="7")
    second = link(code=LinkCode("other"), created_at=at(5))
    table.add_link(first)
    table.add_link(second)
    with pytest.raises(TakenError):
        table.add_link(link(guild_id=GuildId("1")))

    assert table.link(CODE) == first
    assert table.links(GUILD) == (second, first)
    assert table.links(GuildId("1")) == ()
    changed = replace(first, active=False, description="", platform="", expires_at=None, version=2)
    table.change_link(changed)
    with pytest.raises(StaleError):
        table.change_link(replace(first, version=2))
    assert table.link(CODE) == changed


def test_a_link_that_is_not_there_cannot_be_changed(stored: Stored) -> None:
    with pytest.raises(StaleError):
        stored.table.change_link(link(version=2))
    with pytest.raises(StaleError):
        stored.table.change_campaign(campaign(version=2))


def test_clicks_are_counted_by_kind_and_repeats_apart(stored: Stored) -> None:
    stored.table.add_link(link())
    record = stored.clicks.record

    assert record(click("a")).kind is ClickKind.HUMAN
    assert record(click("a")).kind is ClickKind.HUMAN  # told again, counted once
    assert record(click("b", at=at(60))).kind is ClickKind.REPEAT
    assert record(click("c", at=at(3_600))).kind is ClickKind.HUMAN
    assert record(click("d", visitor="another")).kind is ClickKind.HUMAN
    assert record(click("e", kind=ClickKind.BOT, visitor="")).kind is ClickKind.BOT

    found = stored.table.link(CODE)
    assert found is not None
    assert (found.counts.clicks, found.counts.bots, found.counts.repeats) == (3, 1, 1)
    assert replace(found, counts=link().counts) == link()


def test_a_changed_link_keeps_its_counters(stored: Stored) -> None:
    stored.table.add_link(link())
    stored.clicks.record(click())
    stored.table.change_link(link(active=False, version=2))

    found = stored.table.link(CODE)
    assert found is not None
    assert (found.counts.clicks, found.active) == (1, False)


def test_clicks_are_read_newest_first(stored: Stored) -> None:
    whole = click(
        "z",
        at=at(9),
        visitor="w",
        variant="b",
        user_agent="Firefox",
        device=Device("mobile", "Firefox", "Android"),
        referrer="https://a.example/",
        country="DE",
    )
    for one in (click("a"), whole, click("b", at=at(4), visitor="v")):
        stored.clicks.record(one)

    found = stored.clicks.clicks(CODE, START, 2)

    assert [one.id for one in found] == ["z", "b"]
    assert found[0] == whole
    assert stored.clicks.clicks(CODE, at(10), 5) == ()


def test_a_days_salt_is_the_first_that_was_written(stored: Stored) -> None:
    day = START.date()

    assert stored.clicks.salt(day, b"one") == b"one"
    assert stored.clicks.salt(day, b"two") == b"one"
    assert stored.clicks.salt(day + timedelta(days=1), b"two") == b"two"


def test_no_row_keeps_an_address_and_what_may_go_goes(stored: Stored) -> None:
    if stored.client is None:
        pytest.skip("rows are the table's")
    stored.clicks.salt(START.date(), b"one")
    stored.clicks.record(click(variant="a"))

    rows: Any = stored.client.call("Scan", {"TableName": TABLE})["Items"]
    kinds = {row["sk"]["S"].partition("#")[0]: row for row in rows}

    assert {name for name, row in kinds.items() if "ttl" in row} == {
        "VISIT",
        "CLICK",
        "CLICK-HOUR",
        START.date().isoformat(),
    }
    assert {name for name, row in kinds.items() if "clicks" in row} == {
        "LINK",
        "CLICK-DAY",
        "VARIANT",
    }


def test_a_visitors_invite_is_theirs_until_it_ends(stored: Stored) -> None:
    rows = stored.invites
    assert rows.mine(CODE, "v", at(0)) is None
    rows.keep(CODE, "v", InviteCode("one"), at(600))

    assert rows.mine(CODE, "v", at(599)) == "one"
    assert rows.mine(CODE, "v", at(600)) is None
    assert rows.mine(CODE, "w", at(0)) is None
    assert rows.mine(LinkCode("other"), "v", at(0)) is None
    rows.keep(CODE, "v", InviteCode("two"), at(900))
    assert rows.mine(CODE, "v", at(600)) == "two"


def test_invites_are_counted_for_as_long_as_they_may_live(stored: Stored) -> None:
    rows = stored.invites
    assert rows.made(GUILD, at(0)) == 0
    for seconds in (0, 30, 60):
        rows.add(GUILD, at(seconds))
    rows.add(GuildId("1"), at(0))

    assert rows.made(GUILD, at(60)) == 3
    assert rows.made(GUILD, at(600)) == 3
    assert rows.made(GUILD, at(660)) == 1
    assert rows.made(GUILD, at(720)) == 0


def test_everybody_at_once_is_counted_and_nobody_twice(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On the emulator alone: moto is wrong under threads.
    with aws("emulator", request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client = SignedClient(DYNAMODB)
        table = DynamoReferrals(client, TABLE)
        table.add_link(link())

        def visit(person: int) -> None:
            own = SignedClient(DYNAMODB)
            clicks = DynamoClicks(own, TABLE)
            for number in range(10):
                one = click(f"{person}-{number}", visitor=f"v{person}-{number // 2}")
                clicks.record(one)
            own.close()

        with ThreadPoolExecutor(8) as people:
            list(people.map(visit, range(16)))
        found = table.link(CODE)
        client.close()
        sdk.close()

    assert found is not None
    assert (found.counts.clicks, found.counts.repeats) == (80, 80)


def test_clicks_of_people_are_counted_by_hour_and_for_the_campaign(stored: Stored) -> None:
    if stored.client is None:
        pytest.skip("rows are the table's")
    stored.clicks.record(click("a", variant="x", at=at(16 * 60)))
    stored.clicks.record(click("b", variant="x", at=at(17 * 60)))
    stored.clicks.record(click("c", kind=ClickKind.BOT, visitor=""))

    reads = DynamoReads(stored.client, TABLE)
    rows = {
        (pk, str(row["sk"])): {
            name: value for name, value in row.items() if name.startswith(("clicks", "bots", "rep"))
        }
        for pk in (f"L#{CODE}", f"L#@{GUILD}#{SPRING}")
        for row in reads.under(pk, "CLICK-")
    }

    day = START.date().isoformat()
    assert rows == {
        (f"L#{CODE}", f"CLICK-DAY#{day}#x#{CODE}"): {"clicks": 1, "repeats": 1},
        (f"L#{CODE}", f"CLICK-DAY#{day}##{CODE}"): {"bots": 1},
        (f"L#{CODE}", f"CLICK-HOUR#{day}T12"): {"clicks_1": 1},
        (f"L#@{GUILD}#{SPRING}", f"CLICK-DAY#{day}#x#{CODE}"): {"clicks": 1},
        (f"L#@{GUILD}#{SPRING}", f"CLICK-HOUR#{day}T12"): {"clicks_1": 1},
    }


def test_an_invite_leads_back_to_its_click(stored: Stored) -> None:
    if stored.client is None:
        pytest.skip("rows are the table's")
    clicked = click("z", variant="b", device=Device("mobile", "Firefox", "Android"), country="DE")
    stored.invites.remember(CODE, "one", trace_of(clicked), at(0))

    found = DynamoJourneys(stored.client, TABLE).trace(CODE, UserId("7"), InviteCode("one"))

    assert found == trace_of(clicked)
