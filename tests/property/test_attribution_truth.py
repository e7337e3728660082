"""Attribution against histories whose truth is known."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.replay.lines import read_lines
from infra.replay.run import Verdict, replay
from tests.simulator.history import Habits, History
from usher.attribution.outcomes import Ambiguous, Attributed

ORDERLY = Habits(burst=0.0)
MIXED = Habits(
    late_count=0.1,
    late_event=0.1,
    failed_look=0.05,
    duplicate=0.1,
    by_vanity=0.1,
    by_discovery=0.05,
    bots=0.05,
    single_use=0.4,
    revoked=0.05,
    expiring=0.2,
    burst=0.5,
)


def verdicts_of(history: History) -> dict[str, Verdict]:
    lines = [json.dumps(line).encode() for line in history.lines]
    verdicts = replay(read_lines(lines))
    by_user = {verdict.user_id: verdict for verdict in verdicts}
    assert len(by_user) == len(verdicts), "a join was counted twice"
    return {str(user): verdict for user, verdict in by_user.items()}


def check_truth(history: History) -> list[str]:
    verdicts = verdicts_of(history)
    wrong = []
    for user, code in history.truth.items():
        if user not in verdicts:
            assert history.unseen(user), f"{user} was lost"
            continue
        outcome = verdicts[user].outcome
        if isinstance(outcome, Attributed):
            inviter = history.inviter.get(code) if code else None
            if outcome.inviter_id != inviter or outcome.code not in (None, code):
                wrong.append(f"{user}: {outcome} but {code}")
        elif isinstance(outcome, Ambiguous) and code is not None and code not in outcome.candidates:
            wrong.append(f"{user}: true {code} not among {outcome.candidates}")
    return wrong


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_nothing_is_wrong_whatever_comes_late(seed: int) -> None:
    history = History(seed, joins=40, codes=6, habits=MIXED)

    assert check_truth(history) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.5]), st.sampled_from([5_000, 60_000]))
def test_nothing_is_wrong_after_absences(seed: int, searched: float, longest: int) -> None:
    habits = replace(MIXED, away=2, searched=searched, leaves=0.1, longest_delay=longest)
    history = History(seed, joins=40, codes=6, habits=habits)

    assert check_truth(history) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_with_discords_record_every_join_is_certain(seed: int) -> None:
    history = History(seed, joins=40, codes=6, habits=replace(MIXED, searched=1.0, bots=0.0))

    verdicts = verdicts_of(history)

    assert check_truth(history) == []
    confidences = {verdict.to_json()["confidence"] for verdict in verdicts.values()}
    assert confidences == {"confirmed"}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_joins_apart_through_lasting_invites_are_all_exact(seed: int) -> None:
    history = History(seed, joins=40, codes=10, habits=ORDERLY)

    verdicts = verdicts_of(history)

    assert check_truth(history) == []
    assert all(isinstance(verdict.outcome, Attributed) for verdict in verdicts.values())


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_joins_within_a_second_name_the_truth_among_their_candidates(seed: int) -> None:
    history = History(seed, joins=100, codes=10, habits=Habits(burst=1.0))

    assert check_truth(history) == []
