"""How often settings are remembered, on the traffic of a bot in many guilds of unequal size.

Every join asks for the settings once; a setting is changed once a day a guild. Guilds are as
active as Zipf's law says, and any container may get any join. The clock is a fake.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from typing import Final

from usher.attribution.cached_guilds import LIFE_SECONDS, MOST_KEPT
from usher.platform.cache import Cache

HOURS: Final = 6
DAY: Final = 86_400
MIXES: Final = {
    "one guild, a join a minute": (1, 1 / 60, 1),
    "one guild, a join a second (a raid, a launch)": (1, 1.0, 2),
    "200 guilds, 2 joins a second, 2 containers": (200, 2.0, 2),
    "1,000 guilds, 10 joins a second, 4 containers": (1000, 10.0, 4),
    "5,000 guilds, 20 joins a second, 8 containers": (5000, 20.0, 8),
}


def arrivals(guilds: int, rate: float, rng: random.Random) -> Iterator[tuple[float, int]]:
    """Joins in order: when, and of which guild."""
    weights = list(accumulate(1 / (place + 1) for place in range(guilds)))
    end, at = timedelta(hours=HOURS).total_seconds(), 0.0
    while (at := at + rng.expovariate(rate)) < end:
        [guild] = rng.choices(range(guilds), cum_weights=weights)
        yield at, guild


def share(guilds: int, rate: float, containers: int) -> tuple[float, int]:
    """Return the share of reads that were remembered, and how many reads there were."""
    rng = random.Random(1)  # noqa: S311 - tells a story
    now = 0.0
    caches: list[Cache[int, int]] = [
        Cache(LIFE_SECONDS, MOST_KEPT, clock=lambda: now) for _ in range(containers)
    ]
    for now, guild in arrivals(guilds, rate, rng):
        version = int((now + guild * 17) // DAY)
        rng.choice(caches).get(guild, str(version), lambda: 0)
    uses = [cache.take_uses() for cache in caches]
    hits, misses = sum(one.hits for one in uses), sum(one.misses for one in uses)
    return hits / (hits + misses), hits + misses


def measure() -> list[str]:
    """A row a mix."""
    rows = [f"{'as the event worker keeps them':50} {'reads':>9} {'remembered':>11}"]
    for name, mix in MIXES.items():
        part, reads = share(*mix)
        rows.append(f"{name:50} {reads:9,} {part:11.1%}")
    return rows
