"""What a million joins and commands cost (`costs.py`), beside what was planned for them."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.bench import costs
from tests.bench.table import Row

PLANNED: Final[Mapping[str, float]] = {
    "a join that comes alone": 13.0,
    "a join among": 13.0,
    "/invite view": 2.5,
}
"""Dollars a million, by how the report calls it. Plans, and no goals."""
TOTAL: Final = "a million of these"


def measure() -> Iterator[str | Row]:
    """Count requests, and compare what they come to."""
    title = ""
    for line in costs.measure():
        yield line
        if not line.startswith(" "):
            title = line[:44].strip()
        elif line.strip().startswith(TOTAL):
            yield from _compared(title, float(line.split()[-1]))


def _compared(title: str, dollars: float) -> Iterator[Row]:
    for name, planned in PLANNED.items():
        if title.startswith(name):
            beside = f"planned: ${planned:.2f}"
            yield Row(f"a million × {title}", f"${dollars:.2f}", beside, dollars / planned)
