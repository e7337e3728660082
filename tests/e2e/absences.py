"""People who join while nobody listens, and what is known of them in the end."""

import asyncio
from itertools import cycle
from typing import Any

from infra.local.system import System
from tests.e2e.town import Town
from tests.e2e.watching import eventually, joins, ledger_lines


async def joined_unseen(
    system: System, town: Town, size: int, seconds: float, *, resumable: bool
) -> dict[str, str]:
    """Kill the listener, let `size` people join within `seconds`, start it again.

    Returns the code of each user. Discord takes the old session up again only if `resumable`.
    """
    await system.kill_listener()
    truth: dict[str, str] = {}
    for n, code in zip(range(size), cycle(town.codes), strict=False):
        truth[system.practice.join(town.id, code, user=f"unseen{n}").user_id] = code
        await asyncio.sleep(seconds / size)
    if not resumable:
        system.practice.faults.refuse_resume()
    await system.start_listener()
    return truth


async def confirmed(
    system: System, town: Town, truth: dict[str, str], patience: float
) -> dict[str, dict[str, Any]]:
    """Wait until Discord's record of each join is in the ledger, and give the last words."""

    def all_confirmed() -> dict[str, dict[str, Any]] | None:
        words = {
            user: word
            for user, word in joins(ledger_lines(system, town.id)).items()
            if word["confidence"] == "confirmed"
        }
        return words if words.keys() >= truth.keys() else None

    return await eventually(all_confirmed, patience)


def assert_known(town: Town, truth: dict[str, str], words: dict[str, dict[str, Any]]) -> None:
    """Each is attributed to who really brought them."""
    assert {user: word["invite_code"] for user, word in words.items()} == truth
    assert {user: word["staff_id"] for user, word in words.items()} == {
        user: town.codes[code] for user, code in truth.items()
    }
