"""Attribution and credit against histories whose truth is known.

Each example is a whole history; `make soak` runs a hundred times as many.
"""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.replay.lines import read_lines
from infra.replay.run import replay
from tests.judging.judge import Judgement, fault_of, is_certain, judge, told, word
from tests.property.drawing import HISTORIES
from tests.simulator.history import History
from tests.simulator.worlds import (
    BLIND,
    CONFIRMED,
    LYING,
    MIXED,
    ORDERLY,
    SETTLED,
    SLOW,
    WORLDS,
)
from usher.attribution.outcomes import Attributed

SEEDS = st.integers(0, 2**32)


def assert_right(judgement: Judgement) -> None:
    assert judgement.wrong == []
    assert judgement.incomplete == []
    assert judgement.silent == 0, "who used a code is certain or ambiguous"


@HISTORIES
@given(SEEDS, st.sampled_from(sorted(WORLDS)))
@example(221883, "pools")
@example(1197953693, "absent")
@example(1948965094, "absent, confirmed")
@example(3340504062, "absent, confirmed")
@example(2510993721, "absent")
@example(4250832717, "absent")
@example(543885529, "slow")
def test_nothing_is_wrong_in_any_world(seed: int, world: str) -> None:
    assert_right(judge(History(seed, 30, 6, WORLDS[world])))


@HISTORIES
@given(SEEDS)
@example(3152841)
def test_nothing_certain_is_wrong_after_a_long_blindness(seed: int) -> None:
    habits = replace(BLIND, longest_blind=60 * 60_000, silence=0.3)

    # Candidates of joins that were put away meanwhile are those that were known then.
    assert judge(History(seed, 30, 6, habits)).wrong == []


@HISTORIES
@given(SEEDS)
@example(318)
def test_whole_lists_say_what_changes_say(seed: int) -> None:
    history = History(seed, 30, 6, MIXED)
    recording = (json.dumps(line).encode() for line in history.lines)

    verdicts = {verdict.user_id: verdict for verdict in replay(read_lines(recording))}

    last = {membership.user: membership for membership in history.memberships}
    books = told(history)
    for user, verdict in verdicts.items():
        assert list(fault_of(last[user], verdict.outcome)) == []
        assert verdict.outcome == word(books, last[user])


@HISTORIES
@given(SEEDS)
def test_when_all_is_shown_the_totals_are_the_true_ones(seed: int) -> None:
    # Given a history in which every end of an invite was its last use
    history = History(seed, 30, 6, SETTLED)

    books = told(history)

    # Then each inviter has as much credit, and each code as many uses, as in truth
    uses = Counter(one.code for one in history.memberships if one.code is not None)
    inviters = Counter(one.inviter for one in history.memberships if one.inviter is not None)
    counted = {str(code): state.joins for code, state in books.guild.codes.items() if state.joins}
    credited = {str(who): tally.tracked for who, tally in books.tallies.items() if tally.tracked}
    assert counted == dict(uses)
    assert credited == dict(inviters)


@HISTORIES
@given(SEEDS, st.sampled_from(sorted(WORLDS)))
@example(1334060, "slow")
@example(165242, "absent")
def test_the_counters_are_a_naive_recount_of_the_memberships(seed: int, world: str) -> None:
    history = History(seed, 30, 6, WORLDS[world])
    books = told(history)

    tracked, left = Counter(books.pooled), Counter[str]()
    latest = {one.user: one for one in history.memberships if word(books, one) is not None}
    for membership in history.memberships:
        outcome = word(books, membership)
        if isinstance(outcome, Attributed) and outcome.inviter_id is not None:
            ended = membership.departure_heard or latest[membership.user] is not membership
            tracked[outcome.inviter_id] += 1
            left[outcome.inviter_id] += ended

    assert {who: tally.tracked for who, tally in books.tallies.items()} == {
        who: tracked[who] for who in books.tallies
    }
    assert {who: tally.left for who, tally in books.tallies.items()} == {
        who: left[who] for who in books.tallies
    }
    assert +tracked == Counter({w: t.tracked for w, t in books.tallies.items() if t.tracked})


@HISTORIES
@given(SEEDS)
def test_discords_record_makes_joins_certain(seed: int) -> None:
    history = History(seed, 30, 6, CONFIRMED)
    books = told(history)

    assert_right(judge(history, books))
    for membership in history.memberships:
        outcome = word(books, membership)
        assert outcome is not None
        assert membership.told is None or is_certain(outcome)


@HISTORIES
@given(SEEDS)
def test_a_record_that_disagrees_with_the_counts_corrects_them(seed: int) -> None:
    # Given counts that rise though nobody used the code: no rule can see through that
    history = History(seed, 30, 6, LYING)
    books = told(history)

    # Then everybody of whom Discord tells is right in the end, and has one live credit at most
    for membership in history.memberships:
        outcome = word(books, membership)
        if membership.told is not None and outcome is not None:
            assert list(fault_of(membership, outcome)) == []
    assert books.faults == []


@HISTORIES
@given(SEEDS, st.sampled_from([SLOW, BLIND, MIXED]))
def test_lateness_may_cost_certainty_but_never_correctness(seed: int, late: object) -> None:
    # Given the same people in a guild without and with delays
    assert isinstance(late, type(MIXED))
    prompt = replace(
        late, late_count=0.0, early_count=0.0, late_event=0.0, failed_look=0.0, blind=0
    )
    early, later = History(seed, 30, 6, prompt), History(seed, 30, 6, late)
    assert [one.key for one in early.memberships] == [one.key for one in later.memberships]

    # Then whatever is certain in both is the same
    before, after = told(early), told(later)
    for one in early.memberships:
        first, second = word(before, one), word(after, one)
        if isinstance(first, Attributed) and isinstance(second, Attributed):
            assert first.inviter_id == second.inviter_id
            assert None in (first.code, second.code) or first.code == second.code


def test_lateness_costs_certainty() -> None:
    shares = []
    for late in (0.0, 0.1, 0.4):
        total = Judgement()
        for seed in range(15):
            habits = replace(ORDERLY, late_count=late, late_event=late, longest_delay=60_000)
            total.add(judge(History(seed, 30, 6, habits)))
        shares.append(total.certainty)

    assert shares[0] == 1.0
    assert shares[0] > shares[1] > shares[2]


@HISTORIES
@given(SEEDS)
def test_joins_apart_through_lasting_invites_are_all_exact(seed: int) -> None:
    judgement = judge(History(seed, 40, 10, ORDERLY))

    assert_right(judgement)
    assert judgement.certain == judgement.joins


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_joins_within_a_second_name_the_truth_among_their_candidates(seed: int) -> None:
    assert_right(judge(History(seed, 100, 10, replace(ORDERLY, burst=1.0))))
