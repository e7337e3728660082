"""A member's place on a board of any size. Pure.

Up to MOST_RANKED members a place is known for sure. Beyond, counting the members ahead would read
the board: there a place follows from a histogram that the rollup takes once an hour.
"""

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId

MOST_RANKED: Final = 1000
"""Members from the top whose order is read: 100 pages of ten. Where more of them have the same
number, the first thousand of the index stand in order of their ids, the same on every page."""

PLACES: Final = "A#P#"
"""Rows that hold histograms, by span: their sort keys begin so."""

type Ranked = tuple[int, UserId]
"""A score and who has it."""


class Surety(Enum):
    """How well a place is known."""

    EXACT = 1
    SHARED = 2
    """With others of the same number, too many to put in order."""
    ABOUT = 3
    """As of the last hour."""
    BEYOND = 4
    """Not among the first MOST_RANKED, and nothing more is known yet."""


@frozen
class Place:
    """A place on a board, counted from 1."""

    number: int
    surety: Surety = Surety.EXACT


def in_order(rows: Sequence[Ranked]) -> list[Ranked]:
    """Order a board: highest first, equals by user id ascending."""
    return sorted(rows, key=lambda row: (-row[0], int(row[1])))


def place_among(
    rows: Sequence[Ranked], user_id: UserId, score: int, histogram: Mapping[int, int] | None
) -> Place:
    """Find a place, given everybody of at least that score, or MOST_RANKED + 1 of them."""
    ahead = sum(1 for other, _ in rows if other > score)
    if len(rows) <= MOST_RANKED:
        others = [row for row in rows if row[1] != user_id]
        return Place(in_order([*others, (score, user_id)]).index((score, user_id)) + 1)
    if ahead <= MOST_RANKED:
        return Place(ahead + 1, Surety.SHARED)
    if histogram:
        more = sum(number for other, number in histogram.items() if other > score)
        return Place(max(more, MOST_RANKED) + 1, Surety.ABOUT)
    return Place(MOST_RANKED, Surety.BEYOND)


def write_histogram(histogram: Mapping[int, int]) -> str:
    """Write how many members stand at each score."""
    return json.dumps({str(score): number for score, number in sorted(histogram.items())})


def read_histogram(text: str) -> dict[int, int]:
    """Undo `write_histogram`; raises ValueError."""
    return {int(score): int(number) for score, number in json.loads(text).items()}
