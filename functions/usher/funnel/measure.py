"""Funnels and their rates, and what results of variants allow to say. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum
from math import sqrt
from typing import Final

from usher.frozen import frozen
from usher.referrals.model import Counts, LinkCode

CERTAIN: Final = 0.95
"""Share of cases in which an interval holds the true rate."""
FEW_CLICKS: Final = 100
FEW_WON: Final = 5
"""Below so many clicks, or successes and failures, of a variant nothing is said of it."""


@frozen
class Cell:
    """What was counted on one day of one variant of a link."""

    day: date
    variant: str
    link: LinkCode
    counts: Counts
    cohort: Mapping[str, int] = field(default_factory=dict)
    """Of who joined on that day, by the names of `tallies`."""


@frozen
class Rate:
    """A share and the interval (Wilson's) that holds the true one in 95 of 100 cases."""

    won: int
    of: int

    @property
    def share(self) -> float | None:
        """The share; None of nothing. May pass 1: people also join without a counted click."""
        return self.won / self.of if self.of > 0 else None

    def interval(self, certain: float = CERTAIN) -> tuple[float, float] | None:
        """Tell where the true share lies; None of nothing."""
        if self.of <= 0:
            return None
        from statistics import NormalDist  # 10 ms, and no page or command at the front needs it

        z = NormalDist().inv_cdf((1 + certain) / 2)
        n, p = self.of, min(max(self.won / self.of, 0.0), 1.0)
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@frozen
class Rates:
    """How many went on from step to step."""

    joined: Rate
    """Of clicks."""
    begun: Rate
    """Onboardings of joins."""
    finished: Rate
    """Conversions of onboardings."""
    converted: Rate
    """Conversions of clicks: the whole way."""


def rates_of(counts: Counts) -> Rates:
    """Tell the rates of a funnel."""
    return Rates(
        Rate(counts.joins, counts.clicks),
        Rate(counts.onboardings, counts.joins),
        Rate(counts.conversions, counts.onboardings),
        Rate(counts.conversions, counts.clicks),
    )


def total(cells: Iterable[Cell]) -> Counts:
    """Sum cells up."""
    return sum((one.counts for one in cells), Counts())


def by[K: Hashable](cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Counts]:
    """Sum cells up by something of theirs, in the order in which that first comes."""
    groups: dict[K, Counts] = {}
    for one in cells:
        name = key(one)
        groups[name] = groups.get(name, Counts()) + one.counts
    return groups


class Finding(StrEnum):
    """What results of variants allow to say."""

    NOTHING = "nothing"
    """There are not two variants to compare."""
    TOO_FEW = "too_few"
    """Too little has happened."""
    OPEN = "open"
    """The differences may be chance."""
    AHEAD = "ahead"
    """One variant is better than each other, beyond chance."""


@frozen
class Comparison:
    """Results of variants set against each other."""

    finding: Finding
    best: str = ""
    """Of `ahead`."""


def compare(results: Mapping[str, Rate]) -> Comparison:
    """Set results against each other.

    One is ahead where its difference to each other excludes 0 (Newcombe's interval), at a certainty
    that holds for all of these looks together (Bonferroni).
    """
    if len(results) < 2:
        return Comparison(Finding.NOTHING)
    if any(_few(one) for one in results.values()):
        return Comparison(Finding.TOO_FEW)
    best = max(results, key=lambda name: results[name].share or 0.0)
    others = [one for name, one in results.items() if name != best]
    certain = 1 - (1 - CERTAIN) / len(others)
    if all(_better(results[best], one, certain) for one in others):
        return Comparison(Finding.AHEAD, best)
    return Comparison(Finding.OPEN)


def chosen(variants: Mapping[str, Counts]) -> dict[str, Rate]:
    """Take what variants are compared by: conversions of clicks, or joins where none converted."""
    won = any(counts.conversions for counts in variants.values())
    return {
        name: Rate(counts.conversions if won else counts.joins, counts.clicks)
        for name, counts in variants.items()
    }


def _few(rate: Rate) -> bool:
    return rate.of < FEW_CLICKS or min(rate.won, rate.of - rate.won) < FEW_WON


def _better(one: Rate, other: Rate, certain: float) -> bool:
    mine, theirs = one.interval(certain), other.interval(certain)
    if mine is None or theirs is None or one.share is None or other.share is None:
        return False
    apart = one.share - other.share
    return apart > sqrt((one.share - mine[0]) ** 2 + (theirs[1] - other.share) ** 2)


def ordered(groups: Mapping[str, Counts]) -> Sequence[tuple[str, Counts]]:
    """Put groups in order: most conversions, joins, clicks first."""
    return sorted(
        groups.items(),
        key=lambda one: (-one[1].conversions, -one[1].joins, -one[1].clicks, one[0]),
    )
