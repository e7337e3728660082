"""Joins counted for links from what the event worker wrote, in both emulations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.builders import GUILD, at, changed, joined, look, observe, row, searched
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import aws, dynamo_guilds
from tests.integration.stores.test_referrals_contract import Client, Moto
from tests.referring import CODE, link
from usher.contracts.effect import CountReferral
from usher.contracts.observation import MemberAdded, Observation
from usher.ids import UserId
from usher.invites.notes import CodeNote, write_note
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.counting import Arrival, ReferralCounting
from usher.referrals.join_table import DynamoJoinRows
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError
from usher.referrals.table import DynamoReferrals

OTHER = LinkCode("other-link")


@dataclass
class Bench:
    worker: Worker
    rows: DynamoJoinRows
    table: DynamoReferrals

    def look(self, user: str = "7") -> tuple[int, int]:
        """Look at a member; return the joins of both links."""
        order = CountReferral("r", GUILD, UserId(user))
        ReferralCounting(self.rows).check(order)
        first, second = self.table.link(CODE), self.table.link(OTHER)
        assert first is not None
        assert second is not None
        return first.counts.joins, second.counts.joins


@pytest.fixture(params=["moto", "emulator"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with aws(request.param, request, monkeypatch), dynamo_guilds() as made:
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        table = DynamoReferrals(client, TABLE)
        table.add_link(link())
        table.add_link(link(code=OTHER))
        yield Bench(Worker(guilds=made.guilds), DynamoJoinRows(client, TABLE), table)
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def noted(code: str, link_code: str) -> Observation:
    note = write_note(CodeNote(link=link_code))
    return observe(changed(f"code#{code}", note, f"note-{code}", 1), seconds=2)


def test_a_join_counts_once_for_its_link_and_a_correction_moves_it(bench: Bench) -> None:
    first = observe(look=look(row("abc", 3), row("def", 0, "901"), seconds=0), seconds=0)
    joins = observe(
        joined("7", 10), look=look(row("abc", 4), row("def", 0, "901"), seconds=11), seconds=11
    )
    bench.worker.handle(first, noted("abc", CODE), noted("def", OTHER), joins)

    assert bench.look("8") == (0, 0)
    assert bench.look() == (1, 0)
    assert bench.look() == (1, 0)
    bench.worker.handle(observe(searched("7", 10, "def", "901"), seconds=50))
    assert bench.look() == (0, 1)
    bench.worker.handle(observe(changed("code#def", None, "away", 60), seconds=61))
    assert bench.look() == (0, 0)


def test_who_was_slower_finds_that_out(bench: Bench) -> None:
    first = observe(look=look(row("abc", 3), seconds=0), seconds=0)
    joins = observe(joined("7", 10), look=look(row("abc", 4), seconds=11), seconds=11)
    bench.worker.handle(first, noted("abc", CODE), joins)
    arrival = bench.rows.arrival(GUILD, UserId("7"))
    assert isinstance(arrival, Arrival)

    bench.rows.count(GUILD, arrival, None)
    with pytest.raises(StaleError):
        bench.rows.count(GUILD, arrival, None)

    assert bench.look() == (1, 0)


def test_whom_usher_added_counts_for_the_link_without_any_invite(bench: Bench) -> None:
    # Given somebody whom Usher added by a link, while others came by an invite
    first = observe(look=look(row("abc", 3), seconds=0), seconds=0)
    done = MemberAdded(UserId("7"), at(9), UserId("900"), CODE)
    joins = observe(
        joined("7", 10), joined("8", 10), look=look(row("abc", 4), seconds=11), seconds=11
    )
    bench.worker.handle(first, observe(done, seconds=9), joins)

    # When they are looked at, again and again, the link has one join
    assert [bench.look() for _ in range(3)] == [(1, 0)] * 3
    assert bench.look("8") == (1, 0)
    arrival = bench.rows.arrival(GUILD, UserId("7"))
    assert arrival is not None
    assert arrival.link == CODE
