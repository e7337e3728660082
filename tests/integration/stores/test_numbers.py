"""What was counted is read back by link, variant, day and quarter of an hour."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, START, at
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.referring import CODE, SPRING, click, link
from usher.funnel import numbers_table
from usher.funnel.buckets import Unit
from usher.funnel.measure import Cell, total
from usher.funnel.model import NO_TRACE, Conversion, Journey, Place
from usher.funnel.numbers import Numbers, TooMuchError, of_campaigns, of_link
from usher.funnel.numbers_table import DynamoNumbers
from usher.funnel.table import DynamoJourneys
from usher.funnel.zones import ZoneInfo
from usher.ids import UserId
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.click_table import DynamoClicks
from usher.referrals.listing import DynamoListing
from usher.referrals.model import Counts, LinkCode
from usher.referrals.table import DynamoReferrals

OTHER = LinkCode("other-link")
DAY = START.date()
ALL = Counts(clicks=2, bots=0, repeats=0, joins=1, conversions=1, value=Decimal("2.5"))


@pytest.fixture(params=["moto", "emulator"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        made: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        clicks, journeys = DynamoClicks(made, TABLE), DynamoJourneys(made, TABLE)
        table = DynamoReferrals(made, TABLE)
        for one in (link(), link(code=OTHER, platform="youtube")):
            table.add_link(one)
        clicks.record(click("a", variant="x"))
        clicks.record(click("b", code=OTHER, at=at(20 * 60)))
        new = Journey(GUILD, UserId("7"), at(60), place=Place(CODE, SPRING, "x"))
        journeys.save(Journey(GUILD, UserId("7"), at(60)), new, NO_TRACE)
        won = Conversion(at(86_400), Decimal("2.5"))
        after = Journey(
            GUILD, UserId("7"), at(60), new.place, left_at=at(3 * 86_400), conversion=won, version=1
        )
        journeys.save(Journey(GUILD, UserId("7"), at(60), new.place, version=1), after, NO_TRACE)
        yield made
        if isinstance(made, SignedClient):
            made.close()
        sdk.close()


def test_days_are_read_by_link_and_variant_with_their_cohort(client: Client) -> None:
    numbers = Numbers(DynamoNumbers(client, TABLE))
    campaign = of_campaigns(GUILD, [SPRING])

    cells = numbers.cells(campaign, DAY, DAY + timedelta(days=1))

    assert total(cells) == ALL
    assert Cell(DAY, "", OTHER, Counts(clicks=1)) in cells
    cohort = {"won_7": 1, "won_30": 1, "lost_7": 1, "lost_30": 1}
    assert Cell(DAY, "x", CODE, Counts(joins=1), cohort | {"won_1": 1}) in cells
    assert total(numbers.cells(campaign, DAY, DAY)) == Counts(clicks=2, joins=1)
    assert total(numbers.cells(of_link(OTHER), DAY, DAY)) == Counts(clicks=1)
    assert numbers.cells(campaign, DAY - timedelta(days=9), DAY - timedelta(days=1)) == ()


def test_quarters_are_read_as_hours_of_any_zone(client: Client) -> None:
    numbers = Numbers(DynamoNumbers(client, TABLE))
    zone, day = ZoneInfo("Asia/Kathmandu"), date(2026, 11, 20)

    found = numbers.series(of_campaigns(GUILD, [SPRING]), Unit.HOUR, day, day, zone)

    shown = {one.start.astimezone(UTC): one.counts for one in found if one.counts != Counts()}
    assert shown == {
        at(-45 * 60): Counts(clicks=1, joins=1),
        at(15 * 60): Counts(clicks=1),
    }


def test_a_link_s_series_has_clicks_and_steps_by_day_and_variant(client: Client) -> None:
    series = DynamoListing(client, TABLE).series(CODE, DAY, DAY + timedelta(days=2))

    assert [(day, one.clicks, one.joins, one.conversions) for day, one in series.days] == [
        (DAY, 1, 1, 0),
        (DAY + timedelta(days=1), 0, 0, 1),
    ]
    [(name, counts)] = series.variants
    assert (name, counts.clicks, counts.conversions) == ("x", 1, 1)


def test_what_would_take_too_long_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers_table, "MOST_ROWS", 1)

    with pytest.raises(TooMuchError):
        DynamoNumbers(client, TABLE).days(f"L#@{GUILD}#{SPRING}", DAY, DAY)
