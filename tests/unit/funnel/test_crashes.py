"""A conversion broken off before or after each call comes to the same in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeEvidence, FakeJourneyRows, FakeTeller
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.referring import CODE, link
from usher.funnel.judging import TableJudge
from usher.funnel.model import Journey, Outcome, Signal, Trace
from usher.funnel.ports import Arrival, Converted, Review
from usher.funnel.service import Journeys
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import Link, LinkCode

ANA = UserId("53908232506183680")
CALLS = 30
"""More than either of them makes."""


@dataclass
class Fused:
    """Implements JourneyRows, Judge and Teller: breaks off where the fuse says."""

    rows: FakeJourneyRows
    judge: TableJudge
    teller: FakeTeller
    fuse: Fuse

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        return self.fuse.step("arrival", lambda: self.rows.arrival(guild_id, user_id))

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        return self.fuse.step("journeys", lambda: self.rows.journeys(guild_id, user_id))

    def link(self, code: LinkCode) -> Link | None:
        return self.fuse.step("link", lambda: self.rows.link(code))

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        return self.fuse.step("trace", lambda: self.rows.trace(link, user_id, invite))

    def save(self, before: Journey, after: Journey, trace: Trace) -> None:
        self.fuse.step("save", lambda: self.rows.save(before, after, trace))

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        return self.fuse.step("judge", lambda: self.judge.signals(journey, link, trace))

    def late(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        return self.fuse.step("late", lambda: self.judge.late(journey, link, trace))

    def others(
        self, journey: Journey, link: Link, trace: Trace, now: datetime
    ) -> frozenset[UserId]:
        return self.fuse.step("others", lambda: self.judge.others(journey, link, trace, now))

    def conversion_withdrawn(self, journey: Journey) -> None:
        self.fuse.step("withdraw", lambda: self.teller.conversion_withdrawn(journey))

    def conversion_recorded(self, journey: Journey) -> None:
        self.fuse.step("tell", lambda: self.teller.conversion_recorded(journey))


def run(fuse: Fuse, *, seconds: float, approve: bool) -> tuple[object, ...]:
    """Convert and review, each again until it is done; return what it came to."""
    rows = FakeJourneyRows(
        arrivals={ANA: Arrival(at(0), None, CODE, InviteCode("abc"))}, links={CODE: link()}
    )
    fused = Fused(rows, TableJudge(FakeEvidence()), FakeTeller(), fuse)
    journeys = Journeys(fused, fused, fused, lambda: at(400))
    step = Converted(GUILD, ANA, at(seconds), Decimal(5))
    word = Review(GUILD, ANA, at(0), UserId("9"), at(500), approve)

    def again(do: Callable[[], object]) -> object:
        try:
            return do()
        except BrokenOffError:
            return do()

    outcome = again(lambda: journeys.converted(step))
    assert outcome in (Outcome.RECORDED, Outcome.HELD, Outcome.REPEATED)
    again(lambda: journeys.review(word))
    [kept] = rows.journeys(GUILD, ANA)
    told: set[tuple[UserId, datetime]] = {(one.user_id, one.joined_at) for one in fused.teller.told}
    return rows.steps(CODE), kept.conversion, told, len(rows.events)


@pytest.mark.parametrize("seconds", [3, 300])
@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_whatever_breaks_off_it_comes_to_the_same(
    seconds: float,
    approve: bool,
    before: bool,
) -> None:
    whole = Fuse()
    expected = run(whole, seconds=seconds, approve=approve)
    assert whole.steps < CALLS

    for number in range(1, whole.steps + 1):
        fuse = Fuse(number, before=before)
        assert run(fuse, seconds=seconds, approve=approve) == expected
