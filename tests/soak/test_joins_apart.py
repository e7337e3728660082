"""A hundred people, two seconds apart, through ten codes: every one certain and right."""

import asyncio
from itertools import cycle

import pytest

from infra.local.system import System
from tests.e2e.town import watched
from tests.e2e.watching import joined, joins

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(400),
]


async def test_a_hundred_joins_two_seconds_apart_are_all_exact(system: System) -> None:
    town = await watched(system, 10)
    truth: dict[str, str] = {}
    for n, code in zip(range(100), cycle(town.codes), strict=False):
        truth[system.practice.join(town.id, code, user=f"calm{n}").user_id] = code
        await asyncio.sleep(2)

    lines = await joined(system, town.id, 100)

    # Discord's record has agreed with most of them by now
    assert {user: word["invite_code"] for user, word in joins(lines).items()} == truth
    assert {line["type"] for line in lines} <= {"join", "confirmation"}
    assert {line["confidence"] for line in lines if line["type"] == "join"} == {"exact"}
