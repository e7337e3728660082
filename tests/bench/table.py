"""The one table of `make bench`: ours beside a floor or a rival of the same run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `ratio` is ours through the other's, both of this run."""

    what: str
    ours: str
    beside: str
    """What it is held against, and its figure."""
    ratio: float
    goal: float | None = None
    least: bool = False
    """Whether the ratio is to be at least the goal, and not at most."""

    @property
    def missed(self) -> bool:
        """Whether there is a goal, and it is not met."""
        if self.goal is None:
            return False
        return self.ratio < self.goal if self.least else self.ratio > self.goal


def table(rows: Iterable[Row]) -> list[str]:
    """Write rows under their heads."""
    cells = [("what", "ours", "floor or rival", "ratio", "goal", "met")]
    cells += [
        (row.what, row.ours, row.beside, f"{row.ratio:.2f}", _goal(row), _met(row)) for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return f"{'≥' if row.least else '≤'} {row.goal:g}"


def _met(row: Row) -> str:
    if row.goal is None:
        return ""
    return "NO" if row.missed else "yes"
