"""What can be said of every join of a small history, by trying every explanation.

An explanation gives each join a use that fits it, or none, and no use to more joins than it has.
Named assumptions, which Usher shares (docs/decisions.md):

- The best explanations are those that explain most joins; all of them are equally possible.
- A limited invite that ended, but neither by hand nor by the clock, spent all it had left, if that
  many joins fit. Otherwise its uses are as doubtful as those of any other ended invite.
- A doubtful use explains nothing: it adds to what a join may have used that some best explanation
  leaves without one.
- Discord's own record of a join is right.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulator.reading import Join, Reading, Uses

type Explanation = tuple[Uses | None, ...]
"""The use of each join, in their order."""

SKEW = 100
"""Milliseconds by which the listener's clock may differ from Discord's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The truth as far as it can be known: certain when all best explanations agree."""

    certain: bool
    inviter: str | None
    """Whose credit it is, where that is certain."""
    candidates: frozenset[str]


def fits(join: Join, uses: Uses) -> bool:
    """Whether a join can have made a use: before it was seen, and not long before."""
    if join.pinned is not None and join.pinned[0] != uses.code:
        return False
    if uses.only is not None and uses.only != join.user:
        return False
    in_time = uses.since - SKEW <= join.joined <= uses.until + SKEW
    return in_time or (uses.since - SKEW <= join.joined and join.heard <= uses.until)


def findings(reading: Reading) -> dict[tuple[str, int], Finding]:
    """What is known of each join, by user and `joined`."""
    joins, everything = list(reading.joins.values()), reading.uses()
    explaining = [uses for uses in everything if _explains(uses, joins)]
    doubtful = [uses for uses in everything if uses not in explaining]
    best = _best(joins, explaining)
    return {
        (join.user, join.joined): _finding(
            join,
            [explanation[n] for explanation in best],
            [uses for uses in doubtful if fits(join, uses)],
        )
        for n, join in enumerate(joins)
    }


def alone(joins: list[Join], everything: list[Uses]) -> list[Join]:
    """Tell which joins some best explanation leaves without a use."""
    best = _best(joins, [uses for uses in everything if _explains(uses, joins)])
    return [join for n, join in enumerate(joins) if any(one[n] is None for one in best)]


def _explains(uses: Uses, joins: list[Join]) -> bool:
    takers = sum(fits(join, uses) for join in joins)
    return uses.kind == "seen" or (uses.kind == "last" and uses.count <= takers)


def _best(joins: list[Join], uses: list[Uses]) -> list[Explanation]:
    """Every explanation that explains most joins."""
    every = list(_explanations(joins, uses, Counter(), 0))
    least = min(unexplained for unexplained, _ in every)
    return [explanation for unexplained, explanation in every if unexplained == least]


def _explanations(
    joins: list[Join], uses: list[Uses], taken: Counter[int], depth: int
) -> Iterator[tuple[int, Explanation]]:
    """Every way to give the joins uses, or none, with the number of those that get none."""
    if depth == len(joins):
        yield 0, ()
        return
    for n, one in enumerate(uses):
        if taken[n] < one.count and fits(joins[depth], one):
            taken[n] += 1
            for unexplained, others in _explanations(joins, uses, taken, depth + 1):
                yield unexplained, (one, *others)
            taken[n] -= 1
    for unexplained, others in _explanations(joins, uses, taken, depth + 1):
        yield unexplained + 1, (None, *others)


def _finding(join: Join, used: list[Uses | None], doubtful: list[Uses]) -> Finding:
    if join.pinned is not None:
        code, inviter = join.pinned
        return Finding(True, inviter, frozenset({code} if code else ()))
    named = {one for one in used if one is not None}
    inviters = {one.inviter for one in named}
    certain = None not in used and (
        len({one.code for one in named}) == 1 or (len(inviters) == 1 and None not in inviters)
    )
    if None in used:
        named |= set(doubtful)
    candidates = frozenset(one.code for one in named)
    return Finding(certain, next(iter(inviters)) if certain else None, candidates)
