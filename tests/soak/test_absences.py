"""A listener that is dead for a minute while fifty people join by ten codes."""

import pytest

from infra.local.system import System
from tests.e2e.absences import assert_known, confirmed, joined_unseen
from tests.e2e.town import watched
from tests.e2e.watching import ledger_lines

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(600),
]


@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "not resumable"])
async def test_fifty_who_joined_unseen_are_all_recorded_and_confirmed(
    system: System, resumable: bool
) -> None:
    town = await watched(system, 10)

    truth = await joined_unseen(system, town, 50, 60, resumable=resumable)

    words = await confirmed(system, town, truth, patience=300)
    assert_known(town, truth, words)
    recorded = [line for line in ledger_lines(system, town.id) if line["type"] == "join"]
    assert sorted(line["user_id"] for line in recorded) == sorted(truth)
