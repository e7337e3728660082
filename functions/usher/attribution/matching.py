"""Which joins can have made which uses, over all best explanations at once.

An explanation pairs joins with seen and last uses, and the best ones explain as many joins as
possible. A pairing is possible when some best explanation holds it, so that a join whose best
explanations all agree is certain. A use that may never have happened explains nothing: it only adds
to what an unexplained join may have used.
Instead of enumerating explanations, one best matching is found and its alternatives are read off
the strongly connected components of its residual graph (the standard argument for edges that lie in
some maximum matching).
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from usher.attribution.components import strongly_connected
from usher.attribution.model import OpenJoin, Use, Weight

SKEW: Final = timedelta(milliseconds=100)
"""How far the listener's clock may stand from Discord's."""

_LESS_THAN_MICROSECOND: Final = 5e-7
"""Makes up for what seconds as floats lose, so that the skew itself is still allowed."""

_EXPLAINING: Final = frozenset({Weight.SEEN, Weight.LAST})


def fits(join: OpenJoin, use: Use) -> bool:
    """Whether the join can have made the use.

    A use seen at a moment was made before it: by a join that had arrived or had happened by then.
    """
    return bool(_fitting([join], [use])[0])


def _fitting(joins: Sequence[OpenJoin], uses: Sequence[Use]) -> list[list[int]]:
    """For each join, the uses that fit it; in seconds, for speed on long lists."""
    skew = SKEW.total_seconds() + _LESS_THAN_MICROSECOND
    bounds = [
        (
            u,
            use.until.timestamp(),
            -math.inf if use.since is None else use.since.timestamp() - skew,
        )
        for u, use in enumerate(uses)
    ]
    fitting: list[list[int]] = []
    for join in joins:
        joined, heard = join.joined_at.timestamp(), join.at.timestamp()
        in_time = [
            u
            for u, until, since in bounds
            if since <= joined and (heard <= until or joined <= until + skew)
        ]
        fitting.append([u for u in in_time if _permitted(join, uses[u])])
    return fitting


def _permitted(join: OpenJoin, use: Use) -> bool:
    """Whether what is known beyond counting lets the join have made the use."""
    if join.pin is not None and join.pin.code != use.code:
        return False
    return not use.only or join.person.user_id in use.only


@dataclass(frozen=True, slots=True)
class Solution:
    """What all best explanations have in common, by the indexes of joins and uses."""

    options: tuple[tuple[int, ...], ...]
    """For each join, the uses that some best explanation pairs it with."""
    unexplained: tuple[bool, ...]
    """For each join, whether some best explanation leaves it without a use."""
    maybe: tuple[tuple[int, ...], ...]
    """For each join, the uncertain uses that fit it."""
    matched: tuple[int, ...]
    """For each use, how many joins one best explanation pairs with it."""
    certain: tuple[int, ...]
    """For each use, how many joins every best explanation pairs with it."""
    weights: tuple[Weight, ...]
    """For each use, its weight after comparing its count with the joins at hand."""
    pairings: tuple[tuple[int, ...], ...]
    """For each join, the uses that ask for a join and fit it."""


def solve(joins: Sequence[OpenJoin], uses: Sequence[Use]) -> Solution:
    """Find what every best explanation of `joins` by `uses` agrees on."""
    fitting = _fitting(joins, uses)
    weights = _weigh(uses, fitting)
    explaining = [[u for u in possible if weights[u] in _EXPLAINING] for possible in fitting]
    matching = _Matching(explaining, [use.count for use in uses])
    component = _components(matching)
    options = tuple(
        tuple(
            u
            for u in matching.fitting[j]
            if matching.of_join[j] == u or component[j] == component[matching.node(u)]
        )
        for j in range(len(joins))
    )
    unexplained = tuple(
        matching.of_join[j] is None or component[j] == component[matching.hub]
        for j in range(len(joins))
    )
    maybe = tuple(
        tuple(u for u in possible if weights[u] not in _EXPLAINING) for possible in fitting
    )
    certain = tuple(
        len(takers)
        if component[matching.node(u)] != component[matching.spare]
        else sum(component[j] != component[matching.node(u)] for j in takers)
        for u, takers in enumerate(matching.takers)
    )
    pairings = tuple(tuple(possible) for possible in matching.fitting)
    return Solution(options, unexplained, maybe, tuple(matching.load), certain, weights, pairings)


def _weigh(uses: Sequence[Use], fitting: Sequence[Sequence[int]]) -> tuple[Weight, ...]:
    """A vanished code can only have been spent whole if enough joins fit it."""
    takers = [0] * len(uses)
    for possible in fitting:
        for u in possible:
            takers[u] += 1
    return tuple(
        Weight.MAYBE if use.weight is Weight.LAST and use.count > takers[u] else use.weight
        for u, use in enumerate(uses)
    )


class _Matching:
    """A best matching, and the node numbers of its residual graph.

    Joins are nodes 0…n-1 and uses follow; then a hub for joins left free, and one for spare uses.
    """

    def __init__(self, fitting: Sequence[Sequence[int]], capacity: Sequence[int]) -> None:
        self.fitting = fitting
        self.capacity = capacity
        self.of_join: list[int | None] = [None] * len(fitting)
        self.takers: list[set[int]] = [set() for _ in capacity]
        for j in range(len(fitting)):
            self._augment(j)

    @property
    def load(self) -> list[int]:
        """How many joins each use is paired with."""
        return [len(takers) for takers in self.takers]

    @property
    def hub(self) -> int:
        """The node of joins left free."""
        return len(self.fitting) + len(self.capacity)

    def node(self, use: int) -> int:
        """The node of a use."""
        return len(self.fitting) + use

    @property
    def spare(self) -> int:
        """The node of uses left over."""
        return self.hub + 1

    def _augment(self, start: int) -> None:
        """Pair the free join `start`, moving others if need be; who was paired stays so."""
        came_from: dict[int, int] = {}
        queue = deque([start])
        while queue:
            j = queue.popleft()
            for u in self.fitting[j]:
                if u in came_from:
                    continue
                came_from[u] = j
                if len(self.takers[u]) < self.capacity[u]:
                    self._shift(u, start, came_from)
                    return
                queue.extend(self.takers[u])

    def _shift(self, end: int, start: int, came_from: dict[int, int]) -> None:
        u = end
        while True:
            j = came_from[u]
            previous = self.of_join[j]
            self.of_join[j] = u
            self.takers[u].add(j)
            if previous is None:
                return
            self.takers[previous].discard(j)
            u = previous


def _components(matching: _Matching) -> list[int]:
    """Number the strongly connected components of the residual graph."""
    count = len(matching.fitting)
    edges: list[list[int]] = [[] for _ in range(matching.spare + 1)]
    for j, taken in enumerate(matching.of_join):
        edges[j].extend(matching.node(u) for u in matching.fitting[j] if u != taken)
        if taken is None:
            edges[matching.hub].append(j)
        else:
            edges[matching.node(taken)].append(j)
            edges[j].append(matching.hub)
    for u, takers in enumerate(matching.takers):
        if len(takers) < matching.capacity[u]:
            edges[count + u].append(matching.spare)
        if takers:
            edges[matching.spare].append(count + u)
    return strongly_connected(edges)


def linked(pairings: Sequence[Sequence[int]]) -> Iterable[tuple[set[int], set[int]]]:
    """Split joins and uses into parts that share no possible pairing, in order of first join."""
    takers: dict[int, list[int]] = {}
    for j, possible in enumerate(pairings):
        for u in possible:
            takers.setdefault(u, []).append(j)
    left = dict.fromkeys(range(len(pairings)))
    while left:
        first = next(iter(left))
        part: tuple[set[int], set[int]] = ({first}, set())
        queue = deque([first])
        while queue:
            for u in pairings[queue.popleft()]:
                if u not in part[1]:
                    part[1].add(u)
                    new = [j for j in takers[u] if j not in part[0]]
                    part[0].update(new)
                    queue.extend(new)
        for j in part[0]:
            del left[j]
        yield part
