"""What the event worker did with an observation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from usher.attribution.model import Decision, Stored
from usher.attribution.outcomes import Ambiguous, Confidence, Outcome, Unattributed
from usher.contracts.observation import MemberJoined, Observation
from usher.ledger.lines import Line


@dataclass(frozen=True, slots=True)
class Report:
    """What was done with an observation; for logs and metrics, no names."""

    repeated: bool = False
    """It had been applied before."""
    joins: Mapping[Confidence, int] = field(default_factory=dict)
    settled: int = 0
    """Joins of people whose evidence is put away: what is said of them now stays, most likely."""
    uncertain: int = 0
    """Those among them of which it is not known who brought them."""
    leaves: int = 0
    imported: int = 0
    """Members recorded who were there before; not among the joins."""
    lines: int = 0
    duplicates: int = 0
    """Joins seen that were on record already."""
    kept: int = 0
    """Lines that stood in the ledger already and said something else."""
    parts: int = 0
    write_units: float = 0.0
    attempts: int = 1
    effects: int = 0
    said: tuple[Line, ...] = ()
    """Lines that tell who brought whom: for debugging."""
    to_confirm: int = 0
    """Joins that Discord's own record is asked for."""


def by_confidence(lines: Iterable[Line]) -> Counter[Confidence]:
    """Count joins by how sure their words are."""
    return Counter(line.word.confidence for line in lines if line.word is not None)


def joins_in(observation: Observation) -> int:
    """Count the joins that an observation tells."""
    return sum(isinstance(event, MemberJoined) for event in observation.events)


def settled_in(stored: Stored, decision: Decision) -> tuple[int, int]:
    """Count the joins of groups that are closed now, and the uncertain among them.

    Those that were closed before and were open since are counted already.
    """
    again = [group for group in stored.closed if group.id in decision.reopened]
    counted = {(j.person.user_id, j.joined_at) for group in again for j in group.joins}
    joins = [
        join
        for group in decision.closed
        for join in group.joins
        if (join.person.user_id, join.joined_at) not in counted
    ]
    return len(joins), sum(_is_uncertain(join.outcome) for join in joins)


def _is_uncertain(outcome: Outcome) -> bool:
    match outcome:
        case Ambiguous():
            return True
        case Unattributed(confidence=confidence):
            return confidence is Confidence.NONE
    return False
