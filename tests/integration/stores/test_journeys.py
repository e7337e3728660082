"""Journeys counted from what the event worker wrote, in both emulations."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at, changed, joined, left, look, observe, row, searched
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.funnel import FakeTeller
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import aws, dynamo_guilds
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.referring import CODE, click, link
from usher.contracts.effect import CountReferral
from usher.contracts.observation import MemberAdded, Observation
from usher.funnel.evidence_table import DynamoEvidence
from usher.funnel.holds import EVERY, write_set
from usher.funnel.judging import TableJudge
from usher.funnel.model import (
    NO_TRACE,
    Journey,
    Outcome,
    Place,
    SignalKind,
    Standing,
    journey_id,
    trace_of,
)
from usher.funnel.ports import Converted, Review, Started
from usher.funnel.service import Journeys
from usher.funnel.table import DynamoJourneys
from usher.ids import UserId
from usher.invites.notes import CodeNote, write_note
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.invite_table import DynamoInviteRows
from usher.referrals.model import Counts, LinkCode
from usher.referrals.ports import StaleError
from usher.referrals.table import DynamoReferrals
from usher.times import format_time

OTHER = LinkCode("other-link")
NOW = at(60)
ANA = UserId("53908232506183680")
BEA = "53908232506183681"


@dataclass
class Bench:
    worker: Worker
    client: Client
    rows: DynamoJourneys
    table: DynamoReferrals
    teller: FakeTeller = field(default_factory=FakeTeller)
    now: datetime = NOW

    @property
    def journeys(self) -> Journeys:
        judge = TableJudge(DynamoEvidence(self.client, TABLE))
        return Journeys(self.rows, judge, self.teller, lambda: self.now)

    def look(self, user: str = ANA) -> tuple[int, int]:
        """Look at a member; return the joins of both links."""
        self.journeys.check(CountReferral("r", GUILD, UserId(user)))
        return self.counts(CODE).joins, self.counts(OTHER).joins

    def counts(self, code: LinkCode) -> Counts:
        found = self.table.link(code)
        assert found is not None
        return found.counts

    def events(self, code: LinkCode) -> list[str]:
        reads = DynamoReads(self.client, TABLE)
        return [str(row["sk"]).split("#")[1] for row in reads.under(f"L#{code}", "EVENT#")]


@pytest.fixture(params=["moto", "emulator"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with aws(request.param, request, monkeypatch), dynamo_guilds() as made:
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        table = DynamoReferrals(client, TABLE)
        table.add_link(link())
        table.add_link(link(code=OTHER))
        yield Bench(Worker(guilds=made.guilds), client, DynamoJourneys(client, TABLE), table)
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def noted(code: str, link_code: str) -> Observation:
    note = write_note(CodeNote(link=link_code))
    return observe(changed(f"code#{code}", note, f"note-{code}", 1), seconds=2)


def come(bench: Bench) -> None:
    first = observe(look=look(row("abc", 3), row("def", 0, "901"), seconds=0), seconds=0)
    joins = observe(
        joined(ANA, 10), look=look(row("abc", 4), row("def", 0, "901"), seconds=11), seconds=11
    )
    bench.worker.handle(first, noted("abc", CODE), noted("def", OTHER), joins)


def test_a_join_counts_once_for_its_link_and_a_correction_moves_it(bench: Bench) -> None:
    come(bench)

    assert bench.look("8") == (0, 0)
    assert bench.look() == (1, 0)
    assert bench.look() == (1, 0)
    bench.worker.handle(observe(searched(ANA, 10, "def", "901"), seconds=50))
    assert bench.look() == (0, 1)
    nothing = write_note(CodeNote(label="of no link"))
    bench.worker.handle(observe(changed("code#def", nothing, "away", 60), seconds=61))
    assert bench.look() == (0, 0)


def test_all_steps_go_where_the_join_goes(bench: Bench) -> None:
    come(bench)
    value = Decimal("12.34")

    assert bench.journeys.onboarding_started(Started(GUILD, ANA, at(20))) is Outcome.RECORDED
    told = Converted(GUILD, ANA, at(40), value, {"onboarding_fields_completed": 3})
    assert bench.journeys.converted(told) is Outcome.RECORDED
    assert bench.journeys.converted(told) is Outcome.REPEATED

    once = Counts(joins=1, onboardings=1, conversions=1, value=value)
    assert bench.counts(CODE) == once
    assert bench.events(CODE) == ["conversion", "discord_join", "onboarding_start"]
    [journey] = bench.rows.journeys(GUILD, ANA)
    assert journey.conversion is not None
    assert journey.conversion.metadata == {"onboarding_fields_completed": 3}

    bench.worker.handle(observe(searched(ANA, 10, "def", "901"), seconds=50))
    bench.look()
    assert (bench.counts(CODE), bench.counts(OTHER)) == (Counts(), once)
    assert (bench.events(CODE), len(bench.events(OTHER))) == ([], 3)


def test_what_is_held_waits_for_a_word_and_counts_once_with_it(bench: Bench) -> None:
    come(bench)
    told = Converted(GUILD, ANA, at(12), Decimal(5))  # two seconds after the join

    assert bench.journeys.converted(told) is Outcome.HELD
    assert bench.journeys.converted(told) is Outcome.REPEATED
    [waiting] = bench.rows.held(GUILD, None, 10)
    assert waiting.conversion is not None
    assert [one.kind for one in waiting.conversion.signals] == [SignalKind.FAST]
    assert bench.counts(CODE) == Counts(joins=1, held=1)
    assert bench.rows.held(GUILD, (format_time(at(12)), journey_id(waiting)), 10) == ()

    yes = Review(GUILD, ANA, at(10), UserId("9"), at(60), approve=True)
    for word in (yes, yes, replace(yes, approve=False)):
        found = bench.journeys.review(word)
        assert found is not None
        assert found.conversion is not None
        assert found.conversion.standing is Standing.APPROVED
    assert bench.counts(CODE) == Counts(joins=1, conversions=1, value=Decimal(5))
    assert bench.rows.held(GUILD, None, 10) == ()


def test_evidence_is_what_the_table_knows(bench: Bench) -> None:
    evidence = DynamoEvidence(bench.client, TABLE)
    come(bench)
    bench.look()
    bench.worker.handle(observe(changed(EVERY, write_set({"burst": 2}), "h", 20), seconds=21))

    assert evidence.setting(GUILD, EVERY) == '{"burst":2}'
    assert evidence.setting(GUILD, "holds#1") is None
    assert evidence.joins(CODE, at(10), at(10), 5) == 1
    assert evidence.joins(CODE, at(11), at(20), 5) == 0
    assert evidence.joins(OTHER, at(0), at(20), 5) == 0
    seen = [evidence.converting(GUILD, "v", UserId(user), at(0)) for user in "121"]
    assert seen == [{"1"}, {"1", "2"}, {"1", "2"}]


def test_a_burst_takes_back_who_converted_before_it(bench: Bench) -> None:
    # Given a burst of two, of whom the first converts before the second comes
    come(bench)
    bench.worker.handle(observe(changed(EVERY, write_set({"burst": 2}), "h", 20), seconds=21))
    evidence = DynamoEvidence(bench.client, TABLE)
    assert bench.journeys.converted(Converted(GUILD, ANA, at(40), Decimal(5))) is Outcome.RECORDED
    assert evidence.counted(CODE, at(40), at(40)) == {ANA}
    assert evidence.counted(CODE, at(41), at(60)) == evidence.counted(OTHER, at(0), at(60)) == set()

    # When the second comes, told twice
    done = MemberAdded(UserId(BEA), at(49), UserId("900"), CODE)
    bench.worker.handle(observe(done, joined(BEA, 50), seconds=50.1))
    bench.look(BEA)
    bench.look(BEA)

    # Then the first is held, and others hear so once
    assert bench.counts(CODE) == Counts(joins=2, held=1)
    assert (len(bench.teller.told), len(bench.teller.withdrawn)) == (1, 1)
    assert evidence.counted(CODE, at(0), at(60)) == set()


def test_a_leave_is_seen_when_it_is_looked_for(bench: Bench) -> None:
    come(bench)
    bench.look()
    bench.worker.handle(observe(left(ANA, 90), seconds=91))
    bench.look()

    [journey] = bench.rows.journeys(GUILD, ANA)
    assert journey.left_at == at(90)


def test_who_was_slower_finds_that_out(bench: Bench) -> None:
    new = Journey(GUILD, ANA, at(10))
    placed = replace(new, place=Place(CODE, link().campaign_id))

    bench.rows.save(new, placed, NO_TRACE)
    with pytest.raises(StaleError):
        bench.rows.save(new, placed, NO_TRACE)

    assert bench.counts(CODE).joins == 1
    [kept] = bench.rows.journeys(GUILD, ANA)
    assert kept == replace(placed, version=1)


def test_whom_usher_added_counts_for_the_link_without_any_invite(bench: Bench) -> None:
    # Given somebody whom Usher added by a link, while others came by an invite
    first = observe(look=look(row("abc", 3), seconds=0), seconds=0)
    done = MemberAdded(ANA, at(9), UserId("900"), CODE)
    joins = observe(
        joined(ANA, 10), joined("8", 10), look=look(row("abc", 4), seconds=11), seconds=11
    )
    trace = trace_of(click(variant="bold"))
    DynamoInviteRows(bench.client, TABLE).remember(CODE, f"@{ANA}", trace, at(5))
    bench.worker.handle(first, observe(done, seconds=9), joins)

    # When they are looked at, again and again, the link has one join, with the click before it
    assert [bench.look() for _ in range(3)] == [(1, 0)] * 3
    assert bench.look("8") == (1, 0)
    [journey] = bench.rows.journeys(GUILD, ANA)
    assert journey.place == Place(CODE, link().campaign_id, "bold")


def test_everybody_at_once_is_counted_and_nobody_twice(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On the emulator alone: moto breaks transactions under threads.
    with aws("emulator", request, monkeypatch), dynamo_guilds() as made:
        # Given a dozen members who came by two links of one campaign
        client = SignedClient(DYNAMODB)
        table = DynamoReferrals(client, TABLE)
        for one in (link(), link(code=OTHER)):
            table.add_link(one)
        people = [UserId(f"5390823250618368{number}") for number in range(10, 22)]
        worker = Worker(guilds=made.guilds)
        for number, user in enumerate(people):
            done = MemberAdded(user, at(number), UserId("900"), (CODE, OTHER)[number % 2])
            worker.handle(observe(done, joined(user, number + 0.5), seconds=number + 0.6))

        # When each is looked at, begins and converts, three times over, all at once
        def go(user: UserId) -> None:
            own = SignedClient(DYNAMODB)
            rows = DynamoJourneys(own, TABLE)
            judge = TableJudge(DynamoEvidence(own, TABLE))
            journeys = Journeys(rows, judge, FakeTeller(), lambda: at(600))
            for step in (
                lambda: journeys.check(CountReferral("r", GUILD, user)),
                lambda: journeys.onboarding_started(Started(GUILD, user, at(500))),
                lambda: journeys.converted(Converted(GUILD, user, at(600), Decimal("0.1"))),
            ):
                for _ in range(20):  # as a queue would
                    with suppress(StaleError):
                        step()
                        break
            own.close()

        with ThreadPoolExecutor(8) as together:
            list(together.map(go, people * 3))
        found = [table.link(code) for code in (CODE, OTHER)]
        client.close()

    once = Counts(joins=6, onboardings=6, conversions=6, value=Decimal("0.6"))
    assert [one.counts for one in found if one is not None] == [once, once]
