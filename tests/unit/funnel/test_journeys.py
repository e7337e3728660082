"""Each step of a membership counts once for its link, whatever happens on the way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyRows, FakeJudge, FakeTeller
from tests.referring import CODE, link
from usher.contracts.effect import CountReferral
from usher.funnel.model import (
    EventKind,
    Outcome,
    Signal,
    SignalKind,
    Standing,
    Trace,
)
from usher.funnel.ports import Arrival, Converted, Started
from usher.funnel.rows import campaign_rows, step_day, step_hour, step_variant
from usher.funnel.service import ATTEMPTS, Journeys
from usher.ids import InviteCode, UserId
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError

ANA = UserId("7")
OTHER = LinkCode("other-link")
INVITE = InviteCode("abc")
CAME = Arrival(at(10), None, CODE, INVITE)


class Bench:
    def __init__(self, arrival: Arrival | None = CAME) -> None:
        self.rows = FakeJourneyRows(
            arrivals={} if arrival is None else {ANA: arrival},
            links={CODE: link(), OTHER: link(code=OTHER)},
        )
        self.judge, self.teller = FakeJudge(), FakeTeller()
        self.journeys = Journeys(self.rows, self.judge, self.teller, lambda: at(60))

    def look(self) -> dict[str, Decimal]:
        self.journeys.check(CountReferral("r", GUILD, ANA))
        return self.rows.steps(CODE)

    def start(self, seconds: float = 20, **fields: object) -> Outcome:
        step = Started(GUILD, ANA, at(seconds))
        return self.journeys.onboarding_started(replace(step, **fields))  # type: ignore[arg-type]

    def convert(self, seconds: float = 30, **fields: object) -> Outcome:
        step = Converted(GUILD, ANA, at(seconds), Decimal("2.50"), {"roles_assigned": 1})
        return self.journeys.converted(replace(step, **fields))  # type: ignore[arg-type]


def test_each_step_is_counted_once_with_its_value() -> None:
    bench = Bench()

    assert bench.look() == {"joins": 1}
    assert bench.look() == {"joins": 1}
    assert bench.start() is Outcome.RECORDED
    assert bench.start(seconds=25) is Outcome.REPEATED
    assert bench.convert() is Outcome.RECORDED
    assert bench.convert(seconds=99, value=Decimal(7)) is Outcome.REPEATED

    whole = {"joins": 1, "onboardings": 1, "conversions": 1, "value": Decimal("2.5")}
    assert bench.rows.steps(CODE) == whole
    assert [event.kind for event in bench.rows.events] == [
        EventKind.JOIN,
        EventKind.ONBOARDING,
        EventKind.CONVERSION,
    ]
    assert len(bench.teller.told) == 1


def test_steps_are_counted_by_day_hour_campaign_and_variant() -> None:
    bench = Bench()
    bench.rows.traces[CODE, INVITE] = Trace(visitor="v", variant="bold", clicked_at=at(1))

    bench.look()
    bench.convert(seconds=3600 * 13)  # the next hour but twelve: another day

    counters = bench.rows.counters
    campaign = campaign_rows(GUILD, link().campaign_id)
    day, next_day = at(0).date(), at(3600 * 13).date()
    assert counters[f"L#{CODE}", step_variant("bold")] == {
        "joins": 1,
        "conversions": 1,
        "value": Decimal("2.5"),
    }
    assert counters[campaign, step_day(day, "bold", CODE)] == {
        "joins": 1,
        "won_1": 1,
        "won_7": 1,
        "won_30": 1,
    }
    assert counters[campaign, step_day(next_day, "bold", CODE)]["conversions"] == 1
    assert counters[campaign, step_hour(at(10))] == {"joins_0": 1}


def test_a_correction_moves_all_steps_and_may_take_them_away() -> None:
    bench = Bench()
    bench.look()
    bench.start()
    bench.convert()

    bench.rows.arrivals[ANA] = replace(CAME, link=OTHER, invite=InviteCode("def"))
    assert bench.look() == {}
    assert bench.rows.steps(OTHER)["conversions"] == 1
    assert {event.place.link for event in bench.rows.events} == {OTHER}

    bench.rows.arrivals[ANA] = replace(CAME, link=None)
    assert bench.look() == {}
    assert bench.rows.steps(OTHER) == {}
    assert bench.rows.events == []

    bench.rows.arrivals[ANA] = CAME
    assert bench.look()["value"] == Decimal("2.5")
    assert len(bench.teller.told) == 1


def test_who_came_by_no_link_counts_for_none_until_a_partner_or_a_correction_names_one() -> None:
    bench = Bench(replace(CAME, link=None))

    assert bench.look() == {}
    assert bench.rows.kept == {}
    assert bench.start() is Outcome.NO_LINK
    assert bench.convert(claimed=OTHER) is Outcome.RECORDED
    assert set(bench.rows.steps(OTHER)) == {"joins", "onboardings", "conversions", "value"}

    bench.rows.arrivals[ANA] = CAME
    assert bench.look()["onboardings"] == 1
    assert bench.rows.steps(OTHER) == {}


def test_a_place_stays_when_nobody_knows_any_more_what_the_invite_was_for() -> None:
    bench = Bench()
    bench.look()

    gone = replace(CAME, link=None, forgotten=True, left_at=at(86_400))
    bench.rows.arrivals[ANA] = gone
    assert bench.look() == {"joins": 1}
    [journey] = bench.rows.journeys(GUILD, ANA)
    assert journey.left_at == at(86_400)

    bench.rows.arrivals[ANA] = replace(gone, invite=InviteCode("def"))
    assert bench.look() == {}


def test_a_claim_yields_to_evidence_and_never_reaches_another_guild() -> None:
    bench = Bench()
    assert bench.start(claimed=OTHER) is Outcome.RECORDED
    assert bench.rows.steps(CODE) == {"joins": 1, "onboardings": 1}

    foreign = Bench(replace(CAME, link=None))
    foreign.rows.links[OTHER] = link(code=OTHER, guild_id="1")
    assert foreign.start(claimed=OTHER) is Outcome.NO_LINK
    assert foreign.rows.counters == {}


def test_nobody_known_is_recorded_nowhere() -> None:
    bench = Bench(None)

    assert bench.convert() is Outcome.UNKNOWN
    assert bench.look() == {}
    assert bench.rows.kept == {}


def test_a_leave_stands_in_the_cohort_of_the_day_of_joining() -> None:
    bench = Bench()
    bench.look()
    bench.rows.arrivals[ANA] = replace(CAME, left_at=at(86_400 * 3))
    bench.look()
    bench.look()

    day = bench.rows.counters[f"L#{CODE}", step_day(at(10).date(), "", CODE)]
    assert day == {"joins": 1, "lost_7": 1, "lost_30": 1}


def test_a_return_is_a_membership_of_its_own_and_ends_the_one_before() -> None:
    bench = Bench()
    bench.look()
    bench.convert()

    bench.rows.arrivals[ANA] = Arrival(at(500), None, CODE, InviteCode("def"))

    assert bench.look()["joins"] == 2
    assert bench.convert(seconds=600) is Outcome.RECORDED
    assert bench.convert(seconds=700, joined_at=at(10)) is Outcome.REPEATED
    first, second = bench.rows.journeys(GUILD, ANA)
    assert (first.left_at, second.left_at) == (at(500), None)


def test_what_is_suspicious_is_held_and_told_to_nobody() -> None:
    bench = Bench()
    bench.judge.found = (Signal(SignalKind.FAST, 3, 10),)

    assert bench.convert() is Outcome.HELD

    assert bench.rows.steps(CODE) == {"joins": 1, "held": 1}
    assert bench.teller.told == []
    [journey] = bench.rows.journeys(GUILD, ANA)
    assert journey.conversion is not None
    assert journey.conversion.standing is Standing.HELD
    assert journey.conversion.signals == bench.judge.found


def test_it_is_judged_once_and_again_only_when_it_moves() -> None:
    bench = Bench()
    bench.convert()
    bench.judge.found = (Signal(SignalKind.SELF, 1, 0),)

    assert bench.look()["conversions"] == 1
    assert bench.convert() is Outcome.REPEATED
    assert len(bench.judge.asked) == 1

    bench.rows.arrivals[ANA] = replace(CAME, link=OTHER)
    bench.look()
    assert bench.rows.steps(OTHER) == {"joins": 1, "held": 1}
    bench.judge.found = ()
    bench.rows.arrivals[ANA] = CAME
    assert bench.look()["conversions"] == 1
    assert (len(bench.teller.told), len(bench.teller.withdrawn)) == (2, 1)


def test_a_crash_before_the_telling_is_made_good_by_the_repetition() -> None:
    bench = Bench()

    class DeafError(Exception):
        pass

    def deaf(journey: object) -> None:
        raise DeafError

    heard = bench.teller.conversion_recorded
    bench.teller.conversion_recorded = deaf  # type: ignore[method-assign]
    with pytest.raises(DeafError):
        bench.convert()
    bench.teller.conversion_recorded = heard  # type: ignore[method-assign]

    assert bench.convert() is Outcome.REPEATED
    assert bench.convert() is Outcome.REPEATED
    assert len(bench.teller.told) == 1
    assert bench.rows.steps(CODE)["conversions"] == 1


def test_a_race_is_looked_at_again_and_given_up_to_the_caller() -> None:
    bench = Bench()
    bench.rows.stale = ATTEMPTS - 1
    assert bench.look() == {"joins": 1}

    bench.rows.stale = ATTEMPTS
    with pytest.raises(StaleError):
        bench.start()
