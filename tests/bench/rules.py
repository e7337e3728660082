"""The cost of one decision."""

import statistics
import time
from collections.abc import Callable
from functools import partial

from tests.unit.attribution.guild import Guild, invite


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _calm(codes: int) -> float:
    guild = Guild()
    rows = [invite(f"code{n}", 0) for n in range(codes)]
    guild.shown(0, *rows)
    samples = []
    for n in range(1, 31):
        guild.joined(f"user{n}", n * 20)
        rows[0] = invite("code0", n)
        samples.append(_milliseconds(partial(guild.shown, n * 20 + 1, *rows)))
    return statistics.median(samples)


def _burst(joins: int, codes: int, unexplained: int) -> float:
    guild = Guild()
    guild.shown(0, *(invite(f"code{n}", 0) for n in range(codes)))
    for n in range(joins):
        guild.joined(f"user{n}", 100 + n / joins)
    seen = joins - unexplained
    rows = [invite(f"code{n}", seen // codes + (n < seen % codes)) for n in range(codes)]
    return _milliseconds(lambda: guild.shown(101, *rows))


def measure() -> list[str]:
    """Medians in milliseconds, on one core."""
    return [
        f"a join, 10 codes, full look       {_calm(10):8.2f} ms",
        f"a join, 1,000 codes, full look    {_calm(1000):8.2f} ms",
        f"100 joins at once, 10 codes       {_burst(100, 10, 0):8.2f} ms",
        f"100 joins at once, one unexplained{_burst(100, 10, 1):8.2f} ms",
        f"300 joins at once, 50 codes       {_burst(300, 50, 3):8.2f} ms",
    ]
