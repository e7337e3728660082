"""When evidence may be put away: it balances, or it is too old to be joined by more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.attribution.matching import LAG, Solution, fits, linked
from usher.attribution.model import Group, OpenJoin, PoolCredited, Use, Weight
from usher.attribution.outcomes import Attributed, Reason
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


def split(
    joins: Sequence[OpenJoin], uses: Sequence[Use], solution: Solution, now: datetime
) -> list[Part]:
    """Divide the open evidence into independent parts, oldest first, and close what is done."""
    parts: list[Part] = []
    counts = [use.count for use in uses]
    surplus = len(joins) - MOST_OPEN_JOINS
    for part_joins, part_uses in linked(solution.pairings):
        oldest = min(joins[j].joined_at for j in part_joins)
        done = (
            surplus > 0 or oldest < now - LAG or _balanced(part_joins, part_uses, counts, solution)
        )
        surplus -= len(part_joins) if done else 0
        spent = tuple(
            u
            for u in sorted(part_uses)
            if solution.weights[u] is Weight.SEEN
            or (solution.weights[u] is Weight.LAST and solution.matched[u])
        )
        parts.append(Part(tuple(sorted(part_joins)), spent, done))
    return parts


def _balanced(joins: set[int], uses: set[int], counts: Sequence[int], solution: Solution) -> bool:
    """Every join has a seen use, every seen use its join, and nothing else may have served."""
    if any(solution.weights[u] is Weight.LAST for u in uses):
        return False
    seen = [u for u in uses if solution.weights[u] is Weight.SEEN]
    spent = sum(solution.matched[u] for u in seen)
    return spent == len(joins) == sum(counts[u] for u in seen)


def still_open(uses: Sequence[Use], joins: Sequence[OpenJoin], now: datetime) -> tuple[Use, ...]:
    """The young uses; of the uncertain ones that fit no open join, the youngest few."""
    young = [use for use in uses if use.until >= now - LAG]
    idle = [use for use in young if _is_idle(use, joins)]
    idle.sort(key=lambda use: use.until)
    dropped = {id(use) for use in idle[:-MOST_IDLE_USES]}
    kept = [use for use in young if id(use) not in dropped]
    kept.sort(key=lambda use: (use.weight is Weight.MAYBE, now - use.until))
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
) -> tuple[Group, tuple[Group, ...]]:
    """Build the group that stays open and those closed now."""
    spent: set[int] = set()
    open_joins: list[OpenJoin] = []
    open_pool: Counter[UserId] = Counter()
    closed: list[Group] = []
    for part in parts:
        held = tuple(joins[j] for j in part.joins)
        pool = _unpaired(held, part.uses, uses, solution)
        if part.closed:
            spent.update(part.uses)
            maybe = {u for j in part.joins for u in solution.maybe[j]}
            kept = tuple(uses[u] for u in (*part.uses, *sorted(maybe)))
            closed.append(Group(f"{observation.id}.{len(closed)}", held, kept, pool))
        else:
            open_joins.extend(held)
            open_pool.update(pool)
    rest = [use for u, use in enumerate(uses) if u not in spent]
    left = still_open(rest, open_joins, observation.at)
    return Group("", tuple(open_joins), left, dict(open_pool)), tuple(closed)


def _unpaired(
    joins: Sequence[OpenJoin], part: Sequence[int], uses: Sequence[Use], solution: Solution
) -> dict[UserId, int]:
    """Uses surely made by these joins, by inviter, beyond those that a join is paired with."""
    pool: Counter[UserId] = Counter()
    for u in part:
        inviter = uses[u].inviter_id
        if inviter is not None:
            pool[inviter] += solution.certain[u]
    for join in joins:
        if isinstance(join.outcome, Attributed) and join.outcome.inviter_id is not None:
            pool[join.outcome.inviter_id] -= 1
    return {inviter: n for inviter, n in sorted(pool.items()) if n > 0}


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
