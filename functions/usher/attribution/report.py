"""What the event worker did with an observation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from usher.attribution.outcomes import Confidence
from usher.contracts.observation import MemberJoined, Observation
from usher.ledger.lines import Line


@dataclass(frozen=True, slots=True)
class Report:
    """What was done with an observation; for logs and metrics, no names."""

    repeated: bool = False
    """It had been applied before."""
    joins: Mapping[Confidence, int] = field(default_factory=dict)
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
    to_confirm: int = 0
    """Joins that Discord's own record is asked for."""


def by_confidence(lines: Iterable[Line]) -> Counter[Confidence]:
    """Count joins by how sure their words are."""
    return Counter(line.word.confidence for line in lines if line.word is not None)


def joins_in(observation: Observation) -> int:
    """Count the joins that an observation tells."""
    return sum(isinstance(event, MemberJoined) for event in observation.events)
