"""A thousand slowmodes that end in one minute, with the sweeper killed and doubled in the midst.

`make soak ARGS="-s -k test_ends"` shows how late they were.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.system import System
from tests.e2e.ends import at_most, begin, disturbed, lateness

COUNT = 1_000
MINUTE = 60

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(600),
]


async def test_a_thousand_in_a_minute_end_once_and_in_time(system: System) -> None:
    # Given slowmodes that begin to end in two minutes, as a sweep each minute sees them
    guilds = [system.practice.create_guild(f"Town {n}") for n in range(4)]
    first = datetime.now(UTC) + timedelta(minutes=2)
    slowed = await asyncio.to_thread(begin, system, guilds, COUNT, first, MINUTE)
    assert datetime.now(UTC) < first - timedelta(seconds=70)

    # When sweepers are doubled and killed before and in the midst of that minute
    moments = [first + timedelta(seconds=n) for n in (-30, 20)]
    await disturbed(system, moments)
    late = await lateness(system, slowed, patience=300)

    # Then each has ended once, none too early, and nearly all within seconds
    shares = ", ".join(f"p{n} {at_most(late, n):.2f} s" for n in (50, 90, 99, 100))
    sys.stdout.write(f"{len(late)} ends: {shares}, earliest {late[0]:.3f} s\n")
    assert all(channel.rate_limit_per_user == 0 for channel in slowed.channels())
    assert sorted(slowed.changes()) == sorted(slowed.ends)
    assert late[0] >= 0
    assert at_most(late, 99) < 5
