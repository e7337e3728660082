"""A thousand people in ten seconds, into one guild, by fifty codes."""

import pytest

from infra.local.system import System
from tests.e2e.bursts import assert_taken_in, burst
from tests.e2e.town import watched

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(400),
]


async def test_a_thousand_joins_in_ten_seconds_are_in_the_ledger_half_a_minute_later(
    system: System,
) -> None:
    town = await watched(system, 50)

    crowd = await burst(system, town, 1_000, seconds=10, patience=200)

    assert_taken_in(crowd)
    assert crowd.drained <= 30
