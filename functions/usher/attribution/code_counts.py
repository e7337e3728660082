"""What became of the joins by each invite code. Pure.

A view over the ledger like the inviters' counters, from the same changes: the same lines give the
same numbers (SPEC 1.10). Uses that no single join is paired with are in the code's own count alone.
"""

from collections import Counter as Sums
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from usher.credit.rules import Change
from usher.ids import InviteCode


@dataclass(frozen=True, slots=True)
class CodeCount:
    """What is added to a code's numbers."""

    joins: int = 0
    """Joins attributed to the code."""
    present: int = 0
    """Those of them that have not ended."""
    hours: Mapping[int, int] = field(default_factory=dict)
    """Joins by the hour of the day of joining, 0 to 23 in UTC."""

    def __add__(self, other: "CodeCount") -> "CodeCount":
        """Sum up."""
        hours = Sums(self.hours)
        hours.update(other.hours)
        return CodeCount(
            self.joins + other.joins,
            self.present + other.present,
            {hour: n for hour, n in hours.items() if n},
        )


def count_codes(changes: Iterable[Change]) -> dict[InviteCode, CodeCount]:
    """Sum changes up by code, leaving out what cancels."""
    joins: Sums[InviteCode] = Sums()
    present: Sums[InviteCode] = Sums()
    hours: dict[InviteCode, Sums[int]] = {}
    for change in changes:
        if change.code is None or change.moment is None:
            continue
        tally = change.tally
        joins[change.code] += tally.tracked
        present[change.code] += tally.tracked - tally.left
        hours.setdefault(change.code, Sums())[change.moment.astimezone(UTC).hour] += tally.tracked
    counted = {
        code: CodeCount(joins[code], present[code], {hour: n for hour, n in by.items() if n})
        for code, by in hours.items()
    }
    return {code: count for code, count in counted.items() if count != CodeCount()}
