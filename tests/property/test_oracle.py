"""The rules beside an enumeration of every explanation, on small histories.

Intended differences, left out of the histories drawn:

- Of joins put away after twenty minutes without a good look, the rules do not think any more, and
  trust less in what shows then.
- Looks that tell only what changed do not show that an invite made since has gone already; its
  deletion does. The oracle reads whole lists, and so do the rules here.
"""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.judging.judge import is_certain, told, word
from tests.property.drawing import SMALL
from tests.simulator.clock import MINUTE
from tests.simulator.history import History
from tests.simulator.oracle import Finding, alone, findings
from tests.simulator.reading import Reading
from tests.simulator.worlds import BLIND, CONFIRMED, MIXED, POOLS, SETTLED, SLOW
from usher.attribution.outcomes import Ambiguous, Attributed, Outcome

WORLDS = {
    "settled": SETTLED,
    "mixed": MIXED,
    "blind": BLIND,
    "slow": SLOW,
    "pools": POOLS,
    "confirmed": CONFIRMED,
}


def finding(outcome: Outcome) -> Finding:
    inviter = outcome.inviter_id if isinstance(outcome, Attributed) else None
    named = outcome.candidates if isinstance(outcome, Attributed | Ambiguous) else ()
    return Finding(is_certain(outcome), inviter, frozenset(map(str, named)))


@SMALL
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(2, 4), st.sampled_from(sorted(WORLDS)))
@example(1077192, 5, 3, "pools")
def test_the_rules_are_as_certain_as_every_explanation_allows(
    seed: int, joins: int, codes: int, world: str
) -> None:
    history = History(seed, joins, codes, WORLDS[world])
    people = [one for one in history.memberships if not one.bot]
    assume(0 < len(people) <= 6)
    lines = sorted([*history.heard, *history.searched], key=lambda line: line[0])
    reading = Reading(lines, alone)
    assume(reading.longest_blind < 10 * MINUTE and reading.longest_wait < 20 * MINUTE)
    books = told(history, partial=False)

    possible = findings(reading)

    said = {one.key: word(books, one) for one in people}
    assert {key: finding(outcome) for key, outcome in said.items() if outcome is not None} == {
        one.key: possible[one.user, one.joined] for one in people
    }
