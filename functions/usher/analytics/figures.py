"""What can be added up: numbers by hour and by day. Pure.

Figures follow from lines that were written in one span of time and tell of hours and days in it or
before it. So a row a span is made of its own lines alone, and what is known of a day is the sum of
what every row since tells of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Self

from usher.analytics.joiners import Joiners
from usher.analytics.spans import hour_name, read_hour

VERSION: Final = 1

KIND: Final = "kind."
"""Joins of a day by the road they came, bots among them."""
ATTRIBUTED: Final = "attributed"
"""Joins of a day whose inviter is known for sure or as good as that."""
LEFT: Final = "left."
"""Leaves of a day by their cause."""
LOST: Final = "lost."
"""Joins of a day that ended within so many days, and not within fewer of `STAYS`."""
STAYS: Final = (1, 7, 30)
"""Days after which it is asked who is still there."""

type Day = Mapping[str, int]


class FiguresError(ValueError):
    """A row holds no figures as this release writes them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers that lines of some span of time add. What comes to nothing is left out."""

    joins: Mapping[datetime, int] = field(default_factory=dict)
    """Joins of people by the hour of joining."""
    leaves: Mapping[datetime, int] = field(default_factory=dict)
    days: Mapping[date, Day] = field(default_factory=dict)
    """By UTC day, under the names above."""
    joiners: Joiners = field(default_factory=Joiners)
    """Who joined and was seen."""

    def __add__(self, other: Self) -> Self:
        """Sum up."""
        days = {
            day: added
            for day in {**self.days, **other.days}
            if (added := add(self.days.get(day, {}), other.days.get(day, {})))
        }
        return type(self)(
            add(self.joins, other.joins),
            add(self.leaves, other.leaves),
            days,
            self.joiners + other.joiners,
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.joins or self.leaves or self.days or self.joiners.count())


def total(figures: Iterable[Figures]) -> Figures:
    """Sum many up."""
    return sum(figures, Figures())


def add[K](one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    """Sum numbers up by name."""
    sums = {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
    return {name: number for name, number in sums.items() if number}


def write_figures(figures: Figures) -> str:
    """Write figures; equal ones give the same text."""
    fields = {
        "v": VERSION,
        "joins": {hour_name(hour): number for hour, number in sorted(figures.joins.items())},
        "leaves": {hour_name(hour): number for hour, number in sorted(figures.leaves.items())},
        "days": {
            day.isoformat(): dict(sorted(numbers.items()))
            for day, numbers in sorted(figures.days.items())
        },
        "joiners": figures.joiners.write(),
    }
    return json.dumps(fields, separators=(",", ":"))


def read_figures(text: str) -> Figures:
    """Undo `write_figures`; raises FiguresError."""
    try:
        fields = json.loads(text)
        if fields["v"] != VERSION:
            raise FiguresError(f"version {fields['v']!r}")
        return Figures(
            {read_hour(name): int(number) for name, number in fields["joins"].items()},
            {read_hour(name): int(number) for name, number in fields["leaves"].items()},
            {
                date.fromisoformat(day): {name: int(number) for name, number in numbers.items()}
                for day, numbers in fields["days"].items()
            },
            Joiners.read(fields["joiners"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FiguresError(f"not figures: {type(error).__name__}") from error
