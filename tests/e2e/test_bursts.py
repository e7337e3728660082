"""A tenth of the crowd of tests/soak: a hundred people within a second, by fifty codes."""

import pytest

from infra.local.system import System
from tests.e2e.bursts import assert_taken_in, burst
from tests.e2e.town import watched

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(200)]


async def test_a_hundred_joins_in_a_second_are_in_the_ledger_half_a_minute_later(
    system: System,
) -> None:
    town = await watched(system, 50)

    crowd = await burst(system, town, 100, seconds=1, patience=100)

    assert_taken_in(crowd)
    assert crowd.drained <= 30
