"""Two hundred visitors at once, by twenty links of as many owners."""

import pytest

from infra.local.system import System
from tests.e2e.crowds import crowd

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(600),
]


async def test_two_hundred_who_come_at_once_are_each_counted_for_the_right_link(
    system: System,
) -> None:
    found = await crowd(system, links=20, each=10, patience=400)

    assert len(found.wanted) == 200
    assert found.counted == found.wanted
    assert set(found.joins.values()) == set(found.owners.values()) == {10}
