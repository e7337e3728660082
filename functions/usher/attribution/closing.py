"""When evidence may be put away: it balances, or it is too old to be joined by more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.attribution.facts import PoolCredited
from usher.attribution.matching import SKEW, Solution, fits, linked, solve
from usher.attribution.model import Group, OpenJoin, Use, Weight
from usher.attribution.outcomes import Attributed, Reason
from usher.attribution.tracking import Spans, untracked_of
from usher.attribution.watching import LAG, Waiting
from usher.contracts.observation import Observation
from usher.ids import UserId

MOST_OPEN_JOINS: Final = 300
"""Beyond this, parts are closed as they stand, oldest first, so that the state stays small."""

MOST_OPEN_USES: Final = 300
MOST_IDLE_USES: Final = 30
"""Ended codes kept for joins that may still arrive late; each costs space in the guild's head."""


@dataclass(frozen=True, slots=True)
class Part:
    """Joins that share possible uses, by index, and whether they are done with."""

    joins: tuple[int, ...]
    uses: tuple[int, ...]
    closed: bool
    settled: bool
    """Nothing is to come that could change them, but a join that arrives late."""


def split(
    joins: Sequence[OpenJoin],
    uses: Sequence[Use],
    solution: Solution,
    waiting: Waiting,
) -> list[Part]:
    """Divide the open evidence into independent parts, oldest first, and close what is done."""
    parts: list[Part] = []
    counts = [use.count for use in uses]
    surplus = len(joins) - MOST_OPEN_JOINS
    for part_joins, part_uses in linked(solution.pairings):
        newest = max(joins[j].joined_at for j in part_joins)
        balanced = _balanced(part_joins, part_uses, counts, solution)
        settled = balanced or waiting.is_over(newest)
        done = settled or surplus > 0 or waiting.is_given_up(newest)
        surplus -= len(part_joins) if done else 0
        spent = tuple(
            u
            for u in sorted(part_uses)
            if solution.weights[u] is Weight.SEEN
            or (solution.weights[u] is Weight.LAST and solution.matched[u])
        )
        parts.append(Part(tuple(sorted(part_joins)), spent, done, settled))
    return parts


def awaited_since(
    joins: Sequence[OpenJoin], uses: Sequence[Use], waiting: Waiting
) -> datetime | None:
    """Name the earliest join whose use may show now, though it was made long ago.

    A listener that ends forgets the looks that it planned, and one that counts wrong plans none:
    such a join has no use, and its last look was not made.
    """
    lacking = [j for j, join in enumerate(joins) if _lacks_look(join, waiting)]
    put_away = waiting.head.forgotten
    away = [put_away] if put_away is not None and not waiting.was_looked_for(put_away) else []
    if not any(joins[j].joined_at < waiting.now - LAG for j in lacking):
        return min(away, default=None)
    unexplained = solve(joins, uses).unexplained
    alone = [joins[j].joined_at for j in lacking if unexplained[j]]
    return min([*alone, *away], default=None)


def _lacks_look(join: OpenJoin, waiting: Waiting) -> bool:
    """Whether the join may have used an invite, and its last look was not made."""
    by_invite = join.pin is None or join.pin.code is not None
    return by_invite and not waiting.was_looked_for(join.joined_at)


def forgotten(
    parts: Sequence[Part], joins: Sequence[OpenJoin], before: datetime | None
) -> datetime | None:
    """Name the latest join put away although counts may still tell of it."""
    given_up = [joins[j].joined_at for p in parts if p.closed and not p.settled for j in p.joins]
    return max([*given_up, *([before] if before else [])], default=None)


def _balanced(joins: set[int], uses: set[int], counts: Sequence[int], solution: Solution) -> bool:
    """Every join has a seen use, every seen use its join, and nothing else may have served."""
    if any(solution.weights[u] is Weight.LAST for u in uses):
        return False
    seen = [u for u in uses if solution.weights[u] is Weight.SEEN]
    spent = sum(solution.matched[u] for u in seen)
    return spent == len(joins) == sum(counts[u] for u in seen)


def still_open(uses: Sequence[Use], joins: Sequence[OpenJoin], waiting: Waiting) -> tuple[Use, ...]:
    """Uses that are young or fit an open join; of idle ones the youngest few."""
    young = [
        use for use in uses if waiting.is_young(use.until) or any(fits(join, use) for join in joins)
    ]
    idle = [use for use in young if _is_idle(use, joins)]
    idle.sort(key=lambda use: use.until)
    dropped = {id(use) for use in idle[:-MOST_IDLE_USES]}
    kept = [use for use in young if id(use) not in dropped]
    kept.sort(key=lambda use: (use.weight is Weight.MAYBE, waiting.now - use.until))
    return tuple(sorted(kept[:MOST_OPEN_USES], key=lambda use: (use.until, use.code)))


def _is_idle(use: Use, joins: Sequence[OpenJoin]) -> bool:
    """Whether only a join that is still to arrive could have made an uncertain use."""
    if use.weight is not Weight.MAYBE or use.reason is Reason.AFTER_GAP:
        return False
    return not any(fits(join, use) for join in joins)


def close(
    parts: Sequence[Part],
    joins: Sequence[OpenJoin],
    uses: Sequence[Use],
    solution: Solution,
    observation: Observation,
    waiting: Waiting,
) -> tuple[Group, tuple[Group, ...]]:
    """Build the group that stays open and those closed now."""
    spent: set[int] = set()
    open_joins: list[OpenJoin] = []
    open_pool: Counter[UserId] = Counter()
    closed: list[Group] = []
    for part in parts:
        held = tuple(joins[j] for j in part.joins)
        pool = _unpaired(held, part.uses, uses, solution, waiting.head.off)
        if part.closed:
            spent.update(part.uses)
            maybe = {u for j in part.joins for u in solution.maybe[j]}
            kept = tuple(uses[u] for u in (*part.uses, *sorted(maybe)))
            closed.append(Group(f"{observation.id}.{len(closed)}", held, kept, pool))
        else:
            open_joins.extend(held)
            open_pool.update(pool)
    rest = [use for u, use in enumerate(uses) if u not in spent]
    left = still_open(rest, open_joins, waiting)
    return Group("", tuple(open_joins), left, dict(open_pool)), tuple(closed)


def _unpaired(
    joins: Sequence[OpenJoin],
    part: Sequence[int],
    uses: Sequence[Use],
    solution: Solution,
    off: Spans,
) -> dict[UserId, int]:
    """Uses surely made by these joins, by inviter, beyond those that a join is paired with.

    Any of them may be a join's from while tracking was off, which is credited to nobody.
    """
    pool: Counter[UserId] = Counter()
    for u in part:
        inviter = uses[u].inviter_id
        if inviter is not None:
            pool[inviter] += solution.certain[u]
    for join in joins:
        if isinstance(join.outcome, Attributed) and join.outcome.inviter_id is not None:
            pool[join.outcome.inviter_id] -= 1
    nobodys = untracked_of(
        off, (join.joined_at for join in joins if not isinstance(join.outcome, Attributed))
    )
    return {inviter: n - nobodys for inviter, n in sorted(pool.items()) if n > nobodys}


def upset(late: Sequence[OpenJoin], closed: Sequence[Group]) -> list[Group]:
    """Find the closed groups that late joins may upset.

    A late join may have made a use given to another, who may have made one given to a third: but
    never one that was shown before the late join happened.
    """
    if not late:
        return []
    began = min(join.joined_at for join in late) - SKEW
    left = [group for group in closed if any(use.until >= began for use in group.uses)]
    found: list[Group] = []
    moved = list(late)
    while moved:
        taken = [g for g in left if any(fits(join, use) for use in g.uses for join in moved)]
        left = [group for group in left if group not in taken]
        moved = [join for group in taken for join in group.joins]
        found.extend(taken)
    return found


def pool_credits(
    before: Mapping[UserId, int], groups: Sequence[Group], observation: Observation
) -> list[PoolCredited]:
    """The change of credits without a pairing, from those given before."""
    now: Counter[UserId] = Counter()
    for group in groups:
        now.update(group.pooled)
    return [
        PoolCredited(observation.id, inviter, now[inviter] - had, observation.at)
        for inviter, had in sorted({**dict.fromkeys(now, 0), **before}.items())
        if now[inviter] != had
    ]
