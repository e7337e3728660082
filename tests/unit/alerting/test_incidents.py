"""Incidents are a function of the set of changes: doubles and disorder do not matter."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from usher.alerting.incidents import FLAPPING, KEPT, LONGEST, incidents, pruned, taken
from usher.alerting.model import Change, Facts, Incident, State, Turn, Watch

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
ALARM, OK, NO_DATA = State.ALARM, State.OK, State.NO_DATA


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def story(*steps: tuple[float, State]) -> tuple[Turn, ...]:
    """Changes of one alarm that was well before."""
    before, turns = OK, []
    for minutes, state in steps:
        turns.append(Turn(at(minutes), state, before))
        before = state
    return tuple(turns)


def test_an_alarm_and_its_recovery_are_one_incident() -> None:
    assert incidents(story((0, ALARM))) == (Incident(at(0)),)
    assert incidents(story((0, ALARM), (5, OK))) == (Incident(at(0), at(5)),)


def test_an_alarm_that_is_made_and_is_well_is_no_incident() -> None:
    assert incidents([Turn(at(0), OK, NO_DATA)]) == ()


def test_what_rings_again_soon_is_the_same_incident() -> None:
    found = incidents(story((0, ALARM), (5, OK), (10, ALARM), (11, OK)))

    assert found == (Incident(at(0), at(11), times=2),)


def test_what_rings_again_later_is_another() -> None:
    later = 5 + FLAPPING / timedelta(minutes=1)

    found = incidents(story((0, ALARM), (5, OK), (later, ALARM)))

    assert found == (Incident(at(0), at(5)), Incident(at(later)))


def test_what_flaps_for_hours_begins_anew() -> None:
    steps = [(n * 10, OK if n % 2 else ALARM) for n in range(2 * 6 * 10)]
    found = incidents(story(*steps))

    assert [one.began - START for one in found][:2] == [timedelta(0), LONGEST]


def test_a_recovery_without_its_beginning_is_known_and_the_beginning_completes_it() -> None:
    ringing, well = story((0, ALARM), (5, OK))

    assert incidents([well]) == (Incident(at(5), at(5), known=False),)
    assert incidents([well, ringing]) == (Incident(at(0), at(5)),)


def test_an_alarm_without_data_is_still_on_and_says_so() -> None:
    silent = story((0, ALARM), (5, NO_DATA))

    assert incidents(silent) == (Incident(at(0), silent=True),)
    assert incidents((*silent, Turn(at(9), OK, NO_DATA))) == (Incident(at(0), at(9)),)


def test_changes_of_one_moment_follow_from_each_other() -> None:
    ringing, well = Turn(at(0), ALARM, OK), Turn(at(0), OK, ALARM)

    assert incidents([ringing, well]) == incidents([well, ringing])


STEPS = st.lists(st.floats(0.01, 400), min_size=1, max_size=12)


@given(STEPS, st.randoms(use_true_random=False), st.booleans())
def test_any_order_and_any_doubles_give_the_same(
    gaps: list[float], dice: Random, first_well: bool
) -> None:
    minutes, steps = 0.0, []
    for number, gap in enumerate(gaps):
        minutes += gap
        steps.append((minutes, ALARM if number % 2 else OK))
    turns = story(*steps)[1:] if first_well else story(*steps)
    told = [Change("a", turn, Facts(measured=str(turn.at))) for turn in turns]
    again = [*told, *told]
    dice.shuffle(again)

    orderly, messy = (reduce(taken, changes, Watch()) for changes in (told, again))

    assert incidents(messy.turns) == incidents(orderly.turns) == incidents(turns)
    if any(turn.state is ALARM for turn in turns):
        assert messy.facts == orderly.facts


def test_what_is_long_past_is_forgotten_and_does_not_come_back() -> None:
    first, well, second = story((0, ALARM), (5, OK), (100, ALARM))
    watch = reduce(taken, (Change("a", one, Facts()) for one in (first, well, second)), Watch())

    kept = pruned(watch, at(5) + KEPT + timedelta(seconds=1))

    assert kept.turns == (second,)
    assert taken(kept, Change("a", first, Facts())) is kept
    assert incidents(kept.turns) == (Incident(at(100)),)


def test_what_goes_on_is_never_forgotten() -> None:
    watch = taken(Watch(), Change("a", story((0, ALARM))[0], Facts()))

    assert pruned(watch, at(0) + 100 * KEPT) == watch
