"""Whatever happens in whatever order: counters equal a recount of what is on record."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyRows, FakeJudge, FakeTeller
from tests.referring import link
from usher.contracts.effect import CountReferral
from usher.funnel.model import Journey, Signal, SignalKind, Standing
from usher.funnel.ports import Arrival, Converted, Review, Started
from usher.funnel.rows import link_rows
from usher.funnel.service import Journeys
from usher.ids import InviteCode, UserId
from usher.referrals.model import LinkCode

MEMBERS = [UserId(str(number)) for number in range(1, 4)]
LINKS = [LinkCode(f"link-{name}") for name in "ab"]
ANY_LINK = [*LINKS, None]
HAPPENINGS = 70


@dataclass
class World:
    """Joins, leaves, returns, corrections, steps, reviews: told again and again."""

    draw: random.Random
    rows: FakeJourneyRows = field(
        default_factory=lambda: FakeJourneyRows(links={code: link(code=code) for code in LINKS})
    )
    judge: FakeJudge = field(default_factory=FakeJudge)
    teller: FakeTeller = field(default_factory=FakeTeller)
    reviews: dict[tuple[UserId, datetime], bool] = field(default_factory=dict)

    def happen(self) -> None:
        """Let one thing happen to one member."""
        member = self.draw.choice(MEMBERS)
        self.judge.found = (Signal(SignalKind.FAST, 1, 10),) if self.draw.random() < 0.5 else ()
        self.rows.stale = self.draw.choice([0, 0, 0, 1, 2])
        what = (
            self._join,
            *(self._correct, self._leave),
            *(self._look, self._look, self._start),
            *(self._convert, self._convert, self._review, self._review),
        )
        self.draw.choice(what)(member)
        self.rows.stale = 0

    @property
    def _journeys(self) -> Journeys:
        return Journeys(self.rows, self.judge, self.teller, lambda: at(0))

    def _join(self, member: UserId) -> None:
        before = self.rows.arrivals.get(member)
        if before is not None and self.draw.random() < 0.7:
            return
        begun = at(self.draw.randint(1, 9))
        if before is not None:
            begun = before.joined_at + (begun - at(0))
        invite = InviteCode(f"i{self.draw.randint(1, 9)}")
        self.rows.arrivals[member] = Arrival(begun, None, self.draw.choice(ANY_LINK), invite)

    def _correct(self, member: UserId) -> None:
        if (held := self.rows.arrivals.get(member)) is not None:
            self.rows.arrivals[member] = replace(held, link=self.draw.choice(ANY_LINK))

    def _leave(self, member: UserId) -> None:
        if (held := self.rows.arrivals.get(member)) is not None and held.left_at is None:
            gone = held.joined_at + (at(self.draw.randint(0, 40 * 86_400)) - at(0))
            self.rows.arrivals[member] = replace(held, left_at=gone)

    def _look(self, member: UserId) -> None:
        self._journeys.check(CountReferral("r", GUILD, member))

    def _start(self, member: UserId) -> None:
        claimed = self.draw.choice(ANY_LINK)
        moment = at(self.draw.randint(0, 40 * 86_400))
        self._journeys.onboarding_started(Started(GUILD, member, moment, claimed=claimed))

    def _convert(self, member: UserId) -> None:
        worth = Decimal(self.draw.randint(0, 500)) / 100
        moment = at(self.draw.randint(0, 40 * 86_400))
        self._journeys.converted(Converted(GUILD, member, moment, worth))

    def _review(self, member: UserId) -> None:
        known = self.rows.journeys(GUILD, member)
        if not known:
            return
        meant, approve = self.draw.choice(known), self.draw.random() < 0.5
        waited = meant.conversion is not None and meant.conversion.standing is Standing.HELD
        word = Review(GUILD, member, meant.joined_at, UserId("9"), at(9), approve)
        told = self._journeys.review(word)
        assert (told is None) == (meant.conversion is None)
        if waited:
            self.reviews[member, meant.joined_at] = approve


def recount(mine: list[Journey]) -> dict[str, Decimal]:
    """Count journeys naively."""
    won = [one.conversion for one in mine if one.conversion is not None]
    counted = [one for one in won if one.standing in (Standing.COUNTED, Standing.APPROVED)]
    numbers = {
        "joins": Decimal(len(mine)),
        "onboardings": Decimal(sum(one.onboarded_at is not None for one in mine)),
        "conversions": Decimal(len(counted)),
        "value": sum((one.value for one in counted), Decimal(0)),
        "held": Decimal(sum(one.standing is Standing.HELD for one in won)),
    }
    return {name: number for name, number in numbers.items() if number}


def check(world: World) -> None:
    """Hold what must be so at any moment."""
    rows = world.rows
    for code in LINKS:
        placed = [one for one in rows.kept.values() if one.place and one.place.link == code]
        assert rows.steps(code) == recount(placed)
        for kind in ("STEP-DAY#", "STEP-HOUR#"):
            sums: Counter[str] = Counter()
            for (partition, sort), numbers in rows.counters.items():
                if partition == link_rows(code) and sort.startswith(kind):
                    for name, number in numbers.items():
                        sums[name.split("_")[0]] += number  # type: ignore[assignment] # a Decimal
            for name in ("joins", "onboardings", "conversions", "value"):
                assert sums[name] == rows.steps(code).get(name, 0)
    for (member, joined_at), approved in world.reviews.items():
        won = rows.kept[GUILD, member, joined_at].conversion
        assert won is not None
        assert won.standing is (Standing.APPROVED if approved else Standing.REJECTED)
    told = Counter((one.user_id, one.joined_at) for one in world.teller.told)
    told.subtract((one.user_id, one.joined_at) for one in world.teller.withdrawn)
    assert set(told.values()) <= {0, 1}
    for one in rows.kept.values():
        if one.conversion is not None and one.place is not None:
            assert told[one.user_id, one.joined_at] == one.conversion.counts


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_counts_are_those_of_what_is_on_record(seed: int) -> None:
    world = World(random.Random(seed))  # noqa: S311 - a simulation

    for _ in range(HAPPENINGS):
        world.happen()
        check(world)
