"""Onboardings are kept the same way by the fakes and by the table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infra.ledger.erasing import forget_drafts
from tests.builders import GUILD, START
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.onboarding import FakeDrafts, FakeOutcomes, FakeSessions
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.referring import CODE, SPRING
from usher.ids import GuildId, RoleId, UserId
from usher.onboarding.model import Draft, Session, Stay, Way
from usher.onboarding.outcome_table import DynamoOutcomes
from usher.onboarding.ports import Drafts, Outcomes, Sessions
from usher.onboarding.table import DynamoDrafts, DynamoSessions
from usher.platform.dynamo_scan import WholeTable
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import StaleError

ANA = UserId("7")
STAY = Stay(GUILD, ANA, START)
LATER = START + timedelta(hours=1)
MUCH_LATER = START + timedelta(days=30)
OPENED = Session(STAY, SPRING, Way.JOIN, START, CODE)


@dataclass
class Stores:
    sessions: Sessions
    drafts: Drafts
    outcomes: Outcomes
    sdk: Any = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "fake":
        yield Stores(FakeSessions(), FakeDrafts(), FakeOutcomes())
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stores(
            DynamoSessions(client, TABLE),
            DynamoDrafts(client, TABLE),
            DynamoOutcomes(client, TABLE),
            sdk,
        )
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_a_session_is_opened_once_and_read_whole(stores: Stores) -> None:
    kept = stores.sessions
    assert kept.find(STAY) is None
    assert kept.latest(GUILD, ANA) is None
    assert kept.open(OPENED) == OPENED
    other = replace(OPENED, campaign_id=CampaignId("200"), way=Way.API, opened_at=LATER, link=None)
    assert kept.open(other) == OPENED
    assert kept.find(STAY) == OPENED


def test_marks_stand_as_first_set(stores: Stores) -> None:
    kept = stores.sessions
    kept.open(OPENED)
    for at in (LATER, MUCH_LATER):
        kept.offered(STAY, at.isoformat(), at)
        kept.started(STAY, at)
        kept.completed(STAY, 3 if at == LATER else 4, at)
        kept.settled(STAY, [RoleId("1")], [RoleId("2")], at)
    kept.settled(STAY, [RoleId("1"), RoleId("2")], [], MUCH_LATER)
    assert kept.find(STAY) == replace(
        OPENED,
        offered=LATER.isoformat(),
        offered_at=LATER,
        started_at=LATER,
        completed_at=LATER,
        fields=3,
        settled_at=LATER,
        given=(RoleId("1"), RoleId("2")),
    )


def test_link_and_campaign_follow(stores: Stores) -> None:
    stores.sessions.open(OPENED)
    stores.sessions.follow(STAY, CampaignId("200"), LinkCode("other"))
    assert stores.sessions.find(STAY) == replace(
        OPENED, campaign_id=CampaignId("200"), link=LinkCode("other")
    )
    stores.sessions.follow(STAY, SPRING, None)
    assert stores.sessions.find(STAY) == replace(OPENED, link=None)


def test_the_latest_membership_counts_and_nobody_elses(stores: Stores) -> None:
    kept = stores.sessions
    second = replace(OPENED, stay=Stay(GUILD, ANA, LATER))
    others = [
        replace(OPENED, stay=Stay(GUILD, UserId("70"), MUCH_LATER)),
        replace(OPENED, stay=Stay(GuildId("9"), ANA, MUCH_LATER)),
    ]
    for one in (second, OPENED, *others):
        kept.open(one)
    assert kept.latest(GUILD, ANA) == second
    assert list(kept.every(GUILD)) == [OPENED, second, others[0]]


def test_a_draft_is_written_over_what_was_read(stores: Stores) -> None:
    kept = stores.drafts
    assert kept.draft(STAY) == Draft()
    kept.keep(STAY, {"q1": ("Ana",), "q2": ()}, Draft(), MUCH_LATER)
    first = kept.draft(STAY)
    assert first == Draft({"q1": ("Ana",), "q2": ()}, 1)
    with pytest.raises(StaleError):
        kept.keep(STAY, {}, Draft(), MUCH_LATER)
    kept.keep(STAY, {"q1": ("ä", "b")}, first, MUCH_LATER)
    with pytest.raises(StaleError):
        kept.keep(STAY, {}, first, MUCH_LATER)
    assert kept.draft(STAY) == Draft({"q1": ("ä", "b")}, 2)


def test_drafts_are_dropped_and_a_member_is_forgotten(stores: Stores) -> None:
    kept = stores.drafts
    mine = [STAY, Stay(GUILD, ANA, LATER)]
    others = [Stay(GUILD, UserId("70"), START), Stay(GuildId("9"), ANA, START)]
    for stay in (*mine, *others):
        kept.keep(stay, {"q": ("x",)}, Draft(), MUCH_LATER)
    kept.drop(mine[0])
    kept.drop(mine[0])
    assert kept.draft(mine[0]) == Draft()
    kept.keep(mine[0], {"q": ("y",)}, Draft(), MUCH_LATER)
    kept.forget(GUILD, ANA)
    assert [kept.draft(stay).version for stay in (*mine, *others)] == [0, 0, 1, 1]


def test_what_became_of_what_was_asked(stores: Stores) -> None:
    kept = stores.outcomes
    assert kept.find(GUILD, "a") is None
    kept.keep(GUILD, "a", "channel", "5", LATER)
    kept.keep(GUILD, "b", "nowhere", "", LATER)
    assert kept.find(GUILD, "a") == ("channel", "5")
    assert kept.find(GUILD, "b") == ("nowhere", "")
    assert kept.find(GuildId("9"), "a") is None
    assert list(stores.sessions.every(GUILD)) == []


def test_an_operator_s_erasure_forgets_drafts(stores: Stores) -> None:
    other = Stay(GUILD, UserId("70"), START)
    for stay in (STAY, Stay(GUILD, ANA, LATER), other):
        stores.drafts.keep(stay, {"q": ("x",)}, Draft(), MUCH_LATER)
    if stores.sdk is None:
        stores.drafts.forget(GUILD, ANA)
    else:
        forget_drafts(WholeTable(stores.sdk, TABLE), GUILD, ANA)
    assert [stores.drafts.draft(stay).version for stay in (STAY, other)] == [0, 1]
