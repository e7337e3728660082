"""What warnings lead to: points and their thresholds. Pure (SPEC 7.3)."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from usher.frozen import frozen
from usher.moderation.model import Kind

MOST_POINTS: Final = 100
MOST_RUNGS: Final = 20
FITS: Final = (Kind.MUTE, Kind.KICK, Kind.BAN)


@frozen
class Rung:
    """What happens to who reaches so many points."""

    points: int
    kind: Kind
    length: timedelta | None = None
    """Of a mute or a ban; None for good."""


DEFAULT: Final = (Rung(3, Kind.MUTE, timedelta(days=1)),)
"""Three warnings lead to a mute, as long as a server sets nothing else."""


def crossed(ladder: Iterable[Rung], before: int, after: int) -> tuple[Rung, ...]:
    """Find every rung in `(before, after]`, the lowest first."""
    found = [rung for rung in ladder if before < rung.points <= after]
    return tuple(sorted(found, key=lambda rung: rung.points))


def with_rung(ladder: Iterable[Rung], rung: Rung) -> tuple[Rung, ...]:
    """Set a rung, in place of one with as many points."""
    return in_order((*without(ladder, rung.points), rung))


def without(ladder: Iterable[Rung], points: int) -> tuple[Rung, ...]:
    """Take a rung away."""
    return in_order(rung for rung in ladder if rung.points != points)


def in_order(ladder: Iterable[Rung]) -> tuple[Rung, ...]:
    """Put the lowest rung first."""
    return tuple(sorted(ladder, key=lambda rung: rung.points))


def write_ladder(ladder: Sequence[Rung]) -> str:
    """Write a ladder as the value of a setting."""
    rows = [
        [
            rung.points,
            rung.kind.value,
            None if rung.length is None else int(rung.length.total_seconds()),
        ]
        for rung in ladder
    ]
    return json.dumps(rows, separators=(",", ":"))


def read_ladder(value: str | None) -> tuple[Rung, ...]:
    """Read what `write_ladder` wrote; the default for nothing."""
    if not value:
        return DEFAULT
    return tuple(
        Rung(points, Kind(kind), None if seconds is None else timedelta(seconds=seconds))
        for points, kind, seconds in json.loads(value)
    )
