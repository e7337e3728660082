"""What comes late takes back what was let through shortly before."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyEvidence, FakeJourneyRows, FakeTeller
from tests.referring import CODE, link
from usher.contracts.effect import CountReferral
from usher.funnel.holds import EVERY, write_set
from usher.funnel.judging import TableJudge
from usher.funnel.model import Conversion, Outcome, Signal, SignalKind, Standing, Trace
from usher.funnel.ports import Arrival, Converted, Review
from usher.funnel.service import Journeys
from usher.ids import InviteCode, UserId
from usher.referrals.model import LinkCode

OLD = 53908232506183680
"""An account of 2015."""
OTHER = LinkCode("other-link")
DAY = 86_400


class Bench:
    def __init__(self, burst: int = 3, visitor: int = 3) -> None:
        self.rows = FakeJourneyRows(links={CODE: link(), OTHER: link(code=OTHER)})
        limits = write_set({"burst": burst, "visitor": visitor, "fast": 0})
        self.evidence = FakeJourneyEvidence(settings={EVERY: limits}, rows=self.rows)
        self.teller, self.now = FakeTeller(), at(0)
        judge = TableJudge(self.evidence)
        self.journeys = Journeys(self.rows, judge, self.teller, lambda: self.now)

    def join(self, number: int, seconds: float, code: LinkCode = CODE, visitor: str = "") -> UserId:
        user, invite = UserId(str(OLD + number)), InviteCode(f"i{number}")
        self.rows.arrivals[user] = Arrival(at(seconds), None, code, invite)
        for one in (CODE, OTHER):
            self.rows.traces[one, invite] = Trace(visitor=visitor)
        self.now = max(self.now, at(seconds))
        self.look(user)
        return user

    def look(self, user: UserId) -> None:
        self.journeys.check(CountReferral("r", GUILD, user))

    def convert(self, user: UserId, seconds: float) -> Outcome:
        self.now = max(self.now, at(seconds))
        return self.journeys.converted(Converted(GUILD, user, at(seconds), Decimal(2)))

    def won(self, user: UserId) -> Conversion:
        [journey] = self.rows.journeys(GUILD, user)
        assert journey.conversion is not None
        return journey.conversion

    def approve(self, user: UserId) -> None:
        [journey] = self.rows.journeys(GUILD, user)
        word = Review(GUILD, user, journey.joined_at, UserId("9"), self.now, approve=True)
        self.journeys.review(word)


def test_who_converted_before_a_burst_was_seen_is_taken_back_once() -> None:
    bench = Bench()
    first = bench.join(1, 10)
    assert bench.convert(first, 40) is Outcome.RECORDED

    bench.join(2, 50)
    assert bench.won(first).standing is Standing.COUNTED
    third = bench.join(3, 60)
    for _ in range(3):
        bench.look(third)
        bench.convert(first, 40)

    assert bench.won(first) == Conversion(
        at(40),
        Decimal(2),
        standing=Standing.HELD,
        signals=(Signal(SignalKind.BURST, 3, 3),),
        held_at=at(60),
        turns=2,
        told=2,
    )
    assert bench.rows.steps(CODE) == {"joins": 3, "held": 1}
    assert (len(bench.teller.told), len(bench.teller.withdrawn)) == (1, 1)
    assert [one.user_id for one in bench.rows.held(GUILD, None, 9)] == [first]


def test_what_a_human_approved_stays_approved_and_is_told_again() -> None:
    bench = Bench()
    first = bench.join(1, 10)
    bench.convert(first, 40)
    bench.join(2, 50)
    bench.join(3, 60)

    bench.approve(first)
    bench.join(4, 70)
    bench.convert(bench.join(5, 80), 90)

    assert bench.won(first).standing is Standing.APPROVED
    assert [one.conversion.told for one in bench.teller.told if one.conversion] == [0, 2]
    assert bench.rows.steps(CODE) == {"joins": 5, "conversions": 1, "value": 2, "held": 1}


def test_only_who_joined_around_it_by_the_same_link_is_of_the_burst() -> None:
    bench = Bench()
    early, elsewhere = bench.join(1, 0), bench.join(2, 350, OTHER)
    last = bench.join(3, 360)
    for user in (early, elsewhere, last):
        bench.convert(user, 370)
    bench.join(4, 380)
    bench.join(5, 390)

    standings = [bench.won(user).standing for user in (early, elsewhere, last)]
    assert standings == [Standing.COUNTED, Standing.COUNTED, Standing.HELD]


def test_a_correction_brings_a_burst_and_the_next_day_none_does() -> None:
    bench = Bench()
    first, second = bench.join(1, 10), bench.join(2, 20)
    bench.convert(first, 40)
    moved = bench.join(3, 30, OTHER)

    bench.now = at(10) + timedelta(days=2)
    bench.rows.arrivals[moved] = replace(bench.rows.arrivals[moved], link=CODE)
    bench.look(moved)
    bench.look(second)
    assert bench.won(first).standing is Standing.COUNTED

    bench.now = at(DAY)
    bench.look(second)
    assert bench.won(first).standing is Standing.HELD


def test_the_third_of_one_visitor_takes_back_the_two_before() -> None:
    bench = Bench(burst=0)
    users = [bench.join(number, number * 1000, visitor="same") for number in range(3)]
    another = bench.join(9, 3500, visitor="another")

    outcomes = [bench.convert(user, 4000 + n) for n, user in enumerate([another, *users])]

    assert outcomes == [*[Outcome.RECORDED] * 3, Outcome.HELD]
    assert [bench.won(user).standing for user in users] == [Standing.HELD] * 3
    assert bench.won(another).standing is Standing.COUNTED
    assert len(bench.teller.withdrawn) == 2


def test_a_burst_that_came_while_a_conversion_was_judged_holds_it() -> None:
    bench = Bench(burst=2)
    first = bench.join(1, 10)
    save = bench.rows.save
    raced: list[int] = []

    def slow(*what: object) -> None:
        if not raced:
            raced.append(1)
            bench.join(2, 20)
        save(*what)  # type: ignore[arg-type]

    bench.rows.save = slow  # type: ignore[method-assign, assignment]

    assert bench.convert(first, 40) is Outcome.HELD
    assert bench.rows.steps(CODE) == {"joins": 2, "held": 1}


def test_what_was_approved_before_it_was_told_to_be_taken_back_is_told_whole() -> None:
    # Given a conversion that was told and taken back, which nobody heard
    bench = Bench(burst=2)
    first = bench.join(1, 10)
    bench.convert(first, 20)
    heard = bench.teller.conversion_withdrawn

    class DeafError(Exception):
        pass

    def deaf(journey: object) -> None:
        raise DeafError

    bench.teller.conversion_withdrawn = deaf  # type: ignore[method-assign]
    try:
        bench.join(2, 30)
    except DeafError:
        bench.teller.conversion_withdrawn = heard  # type: ignore[method-assign]
    [owing] = bench.rows.notices[GUILD].owing

    # When it is approved, others hear all three
    assert owing.startswith(first)
    bench.approve(first)
    assert [one.conversion.told for one in bench.teller.told if one.conversion] == [0, 2]
    assert len(bench.teller.withdrawn) == 1
    assert bench.rows.notices[GUILD].owing == frozenset()
