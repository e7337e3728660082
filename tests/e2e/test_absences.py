"""A listener that died for some seconds: all who joined meanwhile are recorded and confirmed."""

from collections.abc import Iterator

import pytest

from infra.local.system import System
from tests.e2e.absences import assert_known, confirmed, joined_unseen
from tests.e2e.town import watched
from tests.e2e.watching import ledger_lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest.fixture
def quick_index(system: System) -> Iterator[None]:
    """Discord's index learns of members in 2 s instead of 20; tests/soak waits for those."""
    system.practice.faults.index_lag(2)
    yield
    system.practice.faults.clear()


@pytest.mark.usefixtures("quick_index")
@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "not resumable"])
async def test_five_who_joined_unseen_are_recorded_and_confirmed(
    system: System, resumable: bool
) -> None:
    town = await watched(system, 3)
    identified = system.practice.gateway.identifies_left

    truth = await joined_unseen(system, town, 5, 2, resumable=resumable)

    words = await confirmed(system, town, truth, patience=120)
    assert_known(town, truth, words)
    recorded = [line for line in ledger_lines(system, town.id) if line["type"] == "join"]
    assert sorted(line["user_id"] for line in recorded) == sorted(truth)
    assert any(line["recovered"] for line in recorded) is not resumable
    assert identified - system.practice.gateway.identifies_left == (0 if resumable else 1)
