"""What the event worker did with an observation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from usher.attribution.outcomes import Confidence


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
