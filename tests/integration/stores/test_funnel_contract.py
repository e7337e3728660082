"""Journeys, who waits for a reviewer, and chains: one suite for the fake and the table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.funnel import FakeChainRows, FakeJourneyRows
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.referring import CODE, SPRING, click, link
from usher.funnel.chain_table import DynamoChains
from usher.funnel.chains import ChainRows
from usher.funnel.model import (
    NO_TRACE,
    Conversion,
    EventKind,
    Journey,
    Place,
    Signal,
    SignalKind,
    Standing,
    journey_id,
    trace_of,
)
from usher.funnel.notice_table import DynamoNotices
from usher.funnel.notices import FIRST, Notice
from usher.funnel.ports import HeldRows, JourneyRows, NoticeRows
from usher.funnel.table import DynamoJourneys
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.invite_table import DynamoInviteRows
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError
from usher.referrals.table import DynamoReferrals
from usher.times import format_time
from usher.timing.due import Due, DueIndex, shard_of
from usher.timing.reads import DynamoDueIndex

OTHER = LinkCode("other-link")
TRACE = trace_of(click(variant="bold", country="DE"))
INVITE = InviteCode("made1")


@dataclass
class Kept:
    rows: JourneyRows
    held: HeldRows
    chains: ChainRows
    notices: NoticeRows
    due: DueIndex | None = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    if request.param == "fake":
        fake = FakeJourneyRows(links={CODE: link()}, traces={(CODE, INVITE): TRACE})
        yield Kept(fake, fake, FakeChainRows(fake, {(CODE, "somebody"): INVITE}), fake)
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        DynamoReferrals(client, TABLE).add_link(link())
        DynamoInviteRows(client, TABLE).remember(CODE, INVITE, TRACE, at(0))
        DynamoInviteRows(client, TABLE).keep(CODE, "somebody", INVITE, at(600))
        rows = DynamoJourneys(client, TABLE)
        index = DynamoDueIndex(DynamoReads(client, TABLE))
        notices = DynamoNotices(client, TABLE)
        yield Kept(rows, rows, DynamoChains(client, TABLE), notices, index)
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def came(kept: Kept, user: str, seconds: float, **fields: Any) -> Journey:  # noqa: ANN401
    new = Journey(GUILD, UserId(user), at(seconds))
    placed = replace(new, place=Place(CODE, SPRING, "bold"), invite=INVITE, **fields)
    kept.rows.save(new, placed, TRACE)
    return replace(placed, version=1)


def test_a_journey_is_kept_whole_and_by_version(kept: Kept) -> None:
    assert kept.rows.journeys(GUILD, UserId("7")) == ()
    won = Conversion(
        at=at(90),
        value=Decimal("2.5"),
        metadata={"roles_assigned": 1, "note": "x"},
        standing=Standing.REJECTED,
        signals=(Signal(SignalKind.BURST, 40, 30),),
        reviewed_by=UserId("9"),
        reviewed_at=at(99),
        held_at=at(91),
        turns=1,
        told=1,
    )
    first = came(kept, "7", 10, conversion=won, onboarded_at=at(20), left_at=at(95), claimed=OTHER)
    second = came(kept, "7", 500)

    assert kept.rows.journeys(GUILD, UserId("7")) == (first, second)
    assert kept.rows.journeys(GuildId("1"), UserId("7")) == ()
    with pytest.raises(StaleError):
        kept.rows.save(Journey(GUILD, UserId("7"), at(10)), replace(first, version=0), NO_TRACE)
    assert kept.rows.journeys(GUILD, UserId("7")) == (first, second)


def test_who_waits_is_listed_longest_first_until_they_do_not(kept: Kept) -> None:
    waiting = [
        came(kept, str(number), number, conversion=Conversion(at(90 - number), standing=held))
        for number, held in enumerate([Standing.HELD, Standing.COUNTED, Standing.HELD])
    ]
    first, second = waiting[2], waiting[0]

    assert kept.held.held(GUILD, None, 5) == (first, second)
    assert kept.held.held(GUILD, None, 1) == (first,)
    after = format_time(at(88)), journey_id(first)
    assert kept.held.held(GUILD, after, 5) == (second,)
    assert kept.held.held(GuildId("1"), None, 5) == ()
    assert first.conversion is not None
    approved = replace(first.conversion, standing=Standing.APPROVED)
    kept.rows.save(first, replace(first, conversion=approved), TRACE)
    assert kept.held.held(GUILD, None, 5) == (second,)


def test_steps_are_read_newest_first_and_go_with_the_journey(kept: Kept) -> None:
    journeys = [came(kept, str(number), number, onboarded_at=at(50)) for number in range(3)]

    newest = kept.chains.events(CODE, EventKind.JOIN, None, 2)
    assert [one.user_id for one in newest] == ["2", "1"]
    assert newest[0].trace == TRACE
    assert newest[0].place == Place(CODE, SPRING, "bold")
    before = format_time(newest[-1].at), newest[-1].user_id
    [last] = kept.chains.events(CODE, EventKind.JOIN, before, 2)
    assert last.user_id == "0"
    assert len(kept.chains.events(CODE, EventKind.ONBOARDING, None, 9)) == 3
    assert [one.user_id for one in kept.chains.joins(CODE, at(1), at(9), 9)] == ["1", "2"]
    assert kept.chains.taken(GUILD, newest)[UserId("2"), at(2)] == journeys[2]

    moved = replace(journeys[2], place=Place(OTHER, SPRING))
    kept.rows.save(journeys[2], moved, TRACE)
    assert len(kept.chains.events(CODE, EventKind.JOIN, None, 9)) == 2
    assert [one.user_id for one in kept.chains.events(OTHER, EventKind.JOIN, None, 9)] == ["2"]


def test_a_click_is_found_by_the_invite_and_an_invite_by_the_visitor(kept: Kept) -> None:
    assert kept.rows.trace(CODE, UserId("7"), INVITE) == TRACE
    assert kept.rows.trace(CODE, UserId("7"), None) == NO_TRACE
    assert kept.rows.trace(OTHER, UserId("7"), INVITE) == NO_TRACE
    assert kept.chains.invite_of(CODE, "somebody") == INVITE
    assert kept.chains.invite_of(CODE, "nobody") is None
    found = kept.rows.link(CODE)
    assert found is not None
    assert found.owner_id == link().owner_id
    assert kept.rows.link(OTHER) is None


def test_what_admins_are_to_be_told_changes_with_what_is_held(kept: Kept) -> None:
    # Given nothing, then two that are held, one of whom had counted and was told of
    assert kept.notices.notice(GUILD) is None
    fast, burst = Signal(SignalKind.FAST, 3, 10), Signal(SignalKind.BURST, 30, 30)
    counted = came(kept, "1", 10, conversion=Conversion(at(90), turns=1, told=1))
    assert kept.notices.notice(GUILD) is None
    assert counted.conversion is not None
    again = {"standing": Standing.HELD, "signals": (burst,), "held_at": at(100), "turns": 2}
    taken = replace(counted, conversion=replace(counted.conversion, **again))  # type: ignore[arg-type] # fields
    kept.rows.save(counted, taken, TRACE)
    held = Conversion(at(105), standing=Standing.HELD, signals=(fast, burst), held_at=at(105))
    came(kept, "2", 20, conversion=held)

    # Then the row sums them up, due from the first on
    due = at(100) + FIRST
    first = kept.notices.notice(GUILD)
    assert first == Notice(
        due,
        2,
        1,
        {SignalKind.BURST: 2, SignalKind.FAST: 1},
        frozenset({CODE}),
        frozenset({journey_id(taken)}),
    )
    assert kept.notices.waiting(GUILD) == 2
    assert kept.notices.waiting(GuildId("1")) == 0
    if kept.due is not None:
        found = [*kept.due.due(shard_of(GUILD), at(9999))]
        assert found == [Due(GUILD, "HOLDS", due)]

    # When others hear of it, and a third comes while the two are told
    done = replace(taken, version=2)
    assert done.conversion is not None
    kept.rows.save(done, replace(done, conversion=replace(done.conversion, told=2)), TRACE)
    came(kept, "3", 30, conversion=replace(held, at=at(110), signals=(fast,)))
    assert first is not None
    kept.notices.told(GUILD, first, at(400), at(4000))

    # Then the third alone is left, and nobody can tell of the first time again
    left = kept.notices.notice(GUILD)
    assert left is not None
    assert (left.held, left.taken, left.kinds) == (1, 0, {SignalKind.FAST: 1})
    assert (left.owing, left.told_at, left.due_at) == (frozenset(), at(400), at(4000))
    with pytest.raises(StaleError):
        kept.notices.told(GUILD, first, at(500), at(5000))

    # When it is only looked at, it is due later; it is over where nothing came meanwhile
    kept.notices.told(GUILD, left, None, at(7000))
    later = replace(left, due_at=at(7000))
    assert kept.notices.notice(GUILD) == later
    with pytest.raises(StaleError):
        kept.notices.over(GUILD, replace(later, held=0))
    kept.notices.over(GUILD, later)
    assert kept.notices.notice(GUILD) is None
    if kept.due is not None:
        assert [*kept.due.due(shard_of(GUILD), at(9999))] == []
