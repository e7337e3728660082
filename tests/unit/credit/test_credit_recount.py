"""Whatever happens, the counters equal what a naive reader of the ledger counts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import START, by, by_vanity, observe, open_between, person, unknown
from usher.attribution.facts import (
    Fact,
    JoinRecorded,
    JoinRevised,
    MemberDeparted,
    PoolCredited,
)
from usher.attribution.outcomes import Attributed, Outcome
from usher.attribution.plan import cut
from usher.attribution.recording import record_facts
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord
from usher.ids import UserId
from usher.ledger.lines import Line

OUTCOMES = st.sampled_from(
    [by("900"), by("901", "def"), by_vanity(), by(None), open_between("abc", "def"), unknown()]
)
USERS = st.sampled_from(["1", "2", "3"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "join again", "leave", "revise", "pool"]),
        USERS,
        OUTCOMES,
        st.integers(0, 40),
    ),
    max_size=40,
)


@dataclass
class Membership:
    """A membership as a person with pencil and paper would keep it."""

    outcome: Outcome
    ended: bool = False


@dataclass
class Paper:
    """The naive count: every membership ever, then sums over them."""

    memberships: dict[tuple[str, int], Membership] = field(default_factory=dict)
    pooled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    revised: set[tuple[str, int]] = field(default_factory=set)
    """Revised in the present message."""

    def latest(self, user: str) -> int | None:
        return max((when for who, when in self.memberships if who == user), default=None)

    def count(self) -> dict[str, Tally]:
        tracked: dict[str, int] = defaultdict(int)
        left: dict[str, int] = defaultdict(int)
        for membership in self.memberships.values():
            outcome = membership.outcome
            if isinstance(outcome, Attributed) and outcome.inviter_id is not None:
                tracked[outcome.inviter_id] += 1
                left[outcome.inviter_id] += membership.ended
        for inviter, number in self.pooled.items():
            tracked[inviter] += number
        sums = {inviter: Tally(tracked=tracked[inviter], left=left[inviter]) for inviter in tracked}
        return {inviter: tally for inviter, tally in sums.items() if tally != Tally()}


def happen(paper: Paper, number: int, step: tuple[str, str, Outcome, int]) -> Fact | None:
    """Let a step happen in the paper; return its fact, None where there is none."""
    kind, user, outcome, chance = step
    now = START + timedelta(minutes=5 * number)
    latest = paper.latest(user)
    if kind == "join" or (kind == "join again" and latest is None):
        for (who, _), membership in paper.memberships.items():
            membership.ended |= who == user
        paper.memberships[user, number] = Membership(outcome)
        return JoinRecorded(person(user), now, now, outcome)
    if latest is None:
        return MemberDeparted(UserId(user), now) if kind == "leave" else None
    joined_at = START + timedelta(minutes=5 * latest)
    if kind == "join again":
        return JoinRecorded(person(user), joined_at, now, outcome)
    if kind == "leave":
        paper.memberships[user, latest].ended = True
        return MemberDeparted(UserId(user), now)
    if kind == "revise":
        known = sorted(when for who, when in paper.memberships if who == user)
        chosen = known[chance % len(known)]
        if (user, chosen) in paper.revised:
            return None  # an observation has one last word on a join
        paper.revised.add((user, chosen))
        before = paper.memberships[user, chosen].outcome
        paper.memberships[user, chosen].outcome = outcome
        joined_at = START + timedelta(minutes=5 * chosen)
        return JoinRevised(UserId(user), joined_at, now, before, outcome)
    paper.pooled["900"] += chance - 20
    return PoolCredited(f"group{number}", UserId("900"), chance - 20, now)


@given(STEPS, st.integers(1, 6), st.integers(8, 98))
def test_counters_equal_a_naive_recount(
    steps: list[tuple[str, str, Outcome, int]], together: int, room: int
) -> None:
    # Given facts in messages of some size, each message cut into transactions of some size
    paper = Paper()
    facts: list[Fact | None] = []
    for number, step in enumerate(steps):
        if number % together == 0:
            paper.revised.clear()
        facts.append(happen(paper, number, step))
    members: dict[UserId, MemberRecord] = {}
    applied: set[str] = set()
    sums: dict[str, Tally] = defaultdict(Tally)

    # When they are recorded and booked
    for number in range(0, len(facts), together):
        message = tuple(fact for fact in facts[number : number + together] if fact is not None)
        recording = record_facts(message, observe(id=f"o{number}"), members)
        fresh: list[Line] = [line for line in recording.lines if line.event_id not in applied]
        for part in cut(fresh, members, room=room):
            applied.update(line.event_id for line in part.lines)
            members.update(part.members)
            for counter, tally in part.counters.items():
                if counter.period == "all":
                    sums[counter.inviter_id] = _add(sums[counter.inviter_id], tally)

    # Then the counters are those on paper
    assert {inviter: tally for inviter, tally in sums.items() if tally != Tally()} == paper.count()
    # and nobody has more than one live credit
    for user, record in members.items():
        latest = paper.latest(user)
        assert latest is not None
        assert record.booked <= (not paper.memberships[user, latest].ended)


def _add(one: Tally, other: Tally) -> Tally:
    return Tally(tracked=one.tracked + other.tracked, left=one.left + other.left)
