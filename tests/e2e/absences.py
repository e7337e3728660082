"""People who join while nobody listens, and what is known of them in the end."""

import asyncio
from itertools import cycle
from typing import Any

from gateway_listener.lease_table import LEASE, shards_key
from infra.local.system import System
from tests.e2e.town import Town
from tests.e2e.watching import eventually, joins, ledger_lines
from usher.ids import UserId


async def joined_unseen(
    system: System, town: Town, size: int, seconds: float, *, resumable: bool
) -> dict[str, str]:
    """Kill the listener, let `size` people join within `seconds`, start it again.

    Returns the code of each user. Discord takes the old session up again only if `resumable`.
    """
    await eventually(lambda: goes_on_with_the_present_session(system), patience=90)
    await system.kill_listener()
    truth: dict[str, str] = {}
    for n, code in zip(range(size), cycle(town.codes), strict=False):
        truth[system.practice.join(town.id, code, user=f"unseen{n}").user_id] = code
        await asyncio.sleep(seconds / size)
    if not resumable:
        system.practice.faults.refuse_resume()
    await system.start_listener()
    return truth


def goes_on_with_the_present_session(system: System) -> bool:
    """Whether nothing is left to be read of an earlier absence, which would keep the old one."""
    bot_id = UserId(system.practice.world.bot.id)
    key = {"pk": {"S": shards_key(bot_id, 1)}, "sk": {"S": f"{LEASE}0"}}
    row = system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key)["Item"]
    return row.get("session_id", {}).get("S") in system.practice.gateway.sessions


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
