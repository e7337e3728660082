"""A leave, a kick and a ban in Discord are three different things on the ledger."""

from typing import Any

import pytest

from infra.local.system import System
from tests.e2e.town import watched
from tests.e2e.watching import eventually, item, joined, ledger_lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


async def test_a_leave_a_kick_and_a_ban_are_told_apart_and_each_reverses_once(
    system: System,
) -> None:
    # Given three members by one invite
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    practice = system.practice
    people = {
        cause: practice.join(town.id, code, user=f"to be {cause}").user_id
        for cause in ("left", "kicked", "banned")
    }
    await joined(system, town.id, 3)

    # When each goes in their own way
    practice.leave(town.id, people["left"])
    practice.kick(town.id, people["kicked"])
    practice.ban(town.id, people["banned"])

    # Then the ledger tells why and by whom, in the leave or in a word after it
    def told() -> dict[str, dict[str, Any]] | None:
        found: dict[str, dict[str, Any]] = {}
        lines = [line for line in ledger_lines(system, town.id) if "cause" in line]
        for line in sorted(lines, key=lambda line: line["type"] == "leave_cause"):
            found[line["user_id"]] = line
        expected = {user: cause for cause, user in people.items()}
        return found if {u: line["cause"] for u, line in found.items()} == expected else None

    lines = await eventually(told)
    assert {cause: lines[user]["by"] for cause, user in people.items()} == {
        "left": None, "kicked": town.owner, "banned": town.owner,
    }  # fmt: skip
    row = item(system, town.id, f"C#{inviter}")
    assert (row["tracked"]["N"], row["left"]["N"]) == ("3", "3")
    gone = item(system, town.id, f"M#{people['kicked']}")
    assert (gone["cause"]["S"], gone["removed_by"]["S"]) == ("kicked", town.owner)


async def test_a_kick_while_the_listener_is_down_is_known_afterwards(system: System) -> None:
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    member = system.practice.join(town.id, code, user="kicked unseen")
    await joined(system, town.id, 1)

    await system.kill_listener()
    system.practice.kick(town.id, member.user_id)
    system.practice.faults.refuse_resume()
    system.practice.faults.index_lag(0.0)
    await system.start_listener()

    await eventually(lambda: item(system, town.id, f"C#{inviter}").get("left"), patience=60)
    [leave] = [line for line in ledger_lines(system, town.id) if line["type"] == "leave"]
    assert (leave["cause"], leave["by"], leave["recovered"]) == ("kicked", town.owner, True)
