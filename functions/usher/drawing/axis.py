"""The marks of a chart's axes. Pure."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil, floor, log10
from typing import Final

STEPS: Final = (1, 2, 5, 10)
"""What a step between marks may be, times a power of ten."""


def marks(low: int, high: int, most: int) -> list[int]:
    """Choose round numbers from at most `low` to at least `high`, 0 among them, about `most`."""
    span = max(high - low, 1)
    rough = max(span / most, 1)
    power = 10 ** floor(log10(rough))
    step = next(int(power * one) for one in STEPS if power * one >= rough)
    first, last = floor(low / step), ceil(max(high, low + 1) / step)
    return [number * step for number in range(first, last + 1)]


def short(number: int) -> str:
    """Write a number in at most some five characters: `950`, `1.2k`, `15k`, `2.5M`."""
    size = abs(number)
    for limit, name in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if size >= limit:
            scaled = f"{size / limit:.1f}".removesuffix(".0")
            return f"{scaled}{name}"
    return str(size)


def spread(
    labels: Sequence[str], centers: Sequence[float], width: Callable[[str], float], gap: float
) -> Iterator[tuple[str, float]]:
    """Choose labels that do not touch: every n-th, from the first."""
    every = 1
    while every < len(labels):
        chosen = range(0, len(labels), every)
        ends = [centers[one] + width(labels[one]) / 2 for one in chosen]
        begins = [centers[one] - width(labels[one]) / 2 for one in chosen]
        if all(begin - end >= gap for end, begin in zip(ends, begins[1:], strict=False)):
            break
        every += 1
    yield from ((labels[one], centers[one]) for one in range(0, len(labels), every))
