"""Whatever happens in whatever order: counters equal a recount of what is on record."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyRows, FakeJudge, FakeTeller
from tests.referring import link
from usher.contracts.effect import CountReferral
from usher.funnel.model import Signal, SignalKind, Standing
from usher.funnel.ports import Arrival, Converted, Review, Started
from usher.funnel.rows import STEPS, link_rows
from usher.funnel.service import Journeys
from usher.ids import InviteCode, UserId
from usher.referrals.model import LinkCode

MEMBERS = [UserId(str(number)) for number in range(1, 5)]
LINKS = [LinkCode(f"link-{name}") for name in "abc"]
members = st.sampled_from(MEMBERS)
moments = st.integers(0, 40 * 86_400)


class Funnel(RuleBasedStateMachine):
    """Joins, leaves, returns, corrections, steps, reviews: told again and again."""

    @initialize()
    def begin(self) -> None:
        self.rows = FakeJourneyRows(links={code: link(code=code) for code in LINKS})
        self.judge, self.teller = FakeJudge(), FakeTeller()
        self.journeys = Journeys(self.rows, self.judge, self.teller)
        self.reviews: dict[tuple[UserId, object], bool] = {}

    @rule(member=members, code=st.sampled_from([*LINKS, None]), later=st.integers(1, 9))
    def join(self, member: UserId, code: LinkCode | None, later: int) -> None:
        before = self.rows.arrivals.get(member)
        begun = at(later) if before is None else before.joined_at + (at(later) - at(0))
        self.rows.arrivals[member] = Arrival(begun, None, code, InviteCode(f"i{later}"))

    @precondition(lambda self: self.rows.arrivals)
    @rule(member=members, code=st.sampled_from([*LINKS, None]))
    def correct(self, member: UserId, code: LinkCode | None) -> None:
        if (held := self.rows.arrivals.get(member)) is not None:
            self.rows.arrivals[member] = replace(held, link=code)

    @rule(member=members, stay=moments)
    def leave(self, member: UserId, stay: int) -> None:
        if (held := self.rows.arrivals.get(member)) is not None:
            gone = held.joined_at + (at(stay) - at(0))
            self.rows.arrivals[member] = replace(held, left_at=held.left_at or gone)

    @rule(member=members, stale=st.integers(0, 2))
    def look(self, member: UserId, stale: int) -> None:
        self.rows.stale = stale
        self.journeys.check(CountReferral("r", GUILD, member))

    @rule(member=members, seconds=moments, claimed=st.sampled_from([*LINKS, None]))
    def start(self, member: UserId, seconds: int, claimed: LinkCode | None) -> None:
        self.journeys.onboarding_started(Started(GUILD, member, at(seconds), claimed=claimed))

    @rule(member=members, seconds=moments, held=st.booleans(), value=st.integers(0, 500))
    def convert(self, member: UserId, seconds: int, held: bool, value: int) -> None:
        self.judge.found = (Signal(SignalKind.FAST, 1, 10),) if held else ()
        worth = Decimal(value) / 100
        self.journeys.converted(Converted(GUILD, member, at(seconds), worth))

    @rule(member=members, approve=st.booleans(), number=st.integers(0, 3))
    def review(self, member: UserId, approve: bool, number: int) -> None:
        known = self.rows.journeys(GUILD, member)
        if not known:
            return
        meant = known[number % len(known)]
        word = Review(GUILD, member, meant.joined_at, UserId("9"), at(9), approve)
        told = self.journeys.review(word)
        waited = meant.conversion is not None and meant.conversion.standing is Standing.HELD
        if waited:
            self.reviews[member, meant.joined_at] = approve
        assert (told is None) == (meant.conversion is None)

    @invariant()
    def counters_are_a_recount(self) -> None:
        for code in LINKS:
            mine = [
                one
                for one in self.rows.kept.values()
                if one.place is not None and one.place.link == code
            ]
            won = [
                one.conversion
                for one in mine
                if one.conversion is not None
                and one.conversion.standing in (Standing.COUNTED, Standing.APPROVED)
            ]
            expected = {
                "joins": Decimal(len(mine)),
                "onboardings": Decimal(sum(one.onboarded_at is not None for one in mine)),
                "conversions": Decimal(len(won)),
                "value": sum((one.value for one in won), Decimal(0)),
                "held": Decimal(
                    sum(
                        one.conversion is not None and one.conversion.standing is Standing.HELD
                        for one in mine
                    )
                ),
            }
            assert self.rows.steps(code) == {name: n for name, n in expected.items() if n}

    @invariant()
    def days_and_hours_add_up_to_the_whole(self) -> None:
        for code in LINKS:
            whole = self.rows.steps(code)
            for kind in ("STEP-DAY#", "STEP-HOUR#"):
                sums: Counter[str] = Counter()
                for (partition, sort), numbers in self.rows.counters.items():
                    if partition == link_rows(code) and sort.startswith(kind):
                        for name, number in numbers.items():
                            sums[name.split("_")[0]] += number  # type: ignore[assignment]
                for name in ("joins", "onboardings", "conversions", "value"):
                    assert sums[name] == whole.get(name, 0)
        assert all(row[1] != STEPS or "lost_1" not in n for row, n in self.rows.counters.items())

    @invariant()
    def the_first_word_of_a_reviewer_stays(self) -> None:
        for (member, joined_at), approved in self.reviews.items():
            for one in self.rows.journeys(GUILD, member):
                if one.joined_at == joined_at:
                    assert one.conversion is not None
                    wanted = Standing.APPROVED if approved else Standing.REJECTED
                    assert one.conversion.standing is wanted

    @invariant()
    def only_what_counts_was_told_and_once(self) -> None:
        told = [(one.user_id, one.joined_at) for one in self.teller.told]
        assert len(told) == len(set(told))
        for one in self.rows.kept.values():
            won = one.conversion
            if won is not None and one.place is not None and won.counts:
                assert (one.user_id, one.joined_at) in told


TestFunnel = Funnel.TestCase
TestFunnel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
