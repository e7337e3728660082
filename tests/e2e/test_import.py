"""Members who came before Usher: `/invite import` through the real queues, functions and table."""

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from infra.local.system import System
from infra.practice import NotSendableError, Outcome
from tests.e2e.answers import text_of
from tests.e2e.town import Town
from tests.e2e.watching import eventually, item, joins, ledger_lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


async def old_town(system: System, guests: int) -> tuple[Town, dict[str, str]]:
    """A guild whose members came while Usher was not there, and the codes they came by."""
    await system.kill_listener()
    system.practice.faults.refuse_resume()
    system.practice.faults.index_lag(0.0)
    town = Town(system, 3)
    came = {
        system.practice.join(town.id, code, user=f"old{n}").user_id: code
        for n, code in zip(range(guests), cycle(town.codes))
    }
    await system.start_listener()
    await eventually(lambda: all(item(system, town.id, f"I#{code}") for code in town.codes) or None)
    return town, came


def standing(system: System, guild_id: str) -> dict[str, Any]:
    """How the guild's import stands."""
    row = item(system, guild_id, "BACKFILL")
    return dict(json.loads(row["backfill"]["S"])) if row else {}


async def imported(system: System, town: Town) -> Outcome:
    """Run the command and wait for the end; return what is to be seen then."""
    before = standing(system, town.id).get("run")
    answer = await system.practice.run_command(town.id, town.owner, "/invite import")

    def ended() -> bool:
        now = standing(system, town.id)
        return bool(now) and now["run"] != before and now["status"] != "running"

    await eventually(ended, patience=60)
    return answer


def credit(system: System, town: Town) -> dict[str, int]:
    """Tracked joins of all time, by inviter."""
    rows = {who: item(system, town.id, f"C#{who}") for who in set(town.codes.values())}
    return {who: int(row["tracked"]["N"]) for who, row in rows.items() if row}


def said(system: System, answer: Outcome) -> str:
    return text_of(system.practice.outcome(answer.interaction_id))


async def test_everyones_inviter_is_known_and_a_second_time_changes_nothing(
    system: System,
) -> None:
    # Given
    town, came = await old_town(system, 12)
    seeker = system.practice.add_member_user("seeker", town.id)

    # When
    answer = await imported(system, town)

    # Then
    assert standing(system, town.id)["status"] == "done"
    await eventually(lambda: "recorded anew" in said(system, answer) or None)
    words = joins(ledger_lines(system, town.id))
    assert {user: words[user]["invite_code"] for user in came} == came
    assert all(line["imported"] for line in words.values())
    assert words[seeker.id]["outcome"] == "unattributed"
    assert credit(system, town) == dict.fromkeys(town.codes.values(), 4)
    for user, code in list(came.items())[:3]:
        asked = {"user": user}
        told = await system.practice.run_command(town.id, town.owner, "/invite inviter", asked)
        assert town.codes[code] in text_of(told)
        assert code in text_of(told)
    board = await system.practice.run_command(town.id, town.owner, "/invite leaderboard")
    assert all(inviter in text_of(board) for inviter in town.codes.values())

    # When it is run again
    before = ledger_lines(system, town.id)
    again = await imported(system, town)

    # Then
    await eventually(lambda: "already" in said(system, again) or None)
    assert ledger_lines(system, town.id) == before
    assert credit(system, town) == dict.fromkeys(town.codes.values(), 4)

    # And a join after that is one more
    code, inviter = next(iter(town.codes.items()))
    system.practice.join(town.id, code, user="newcomer")
    await eventually(lambda: credit(system, town)[inviter] == 5 or None)


async def test_one_member_alone(system: System) -> None:
    town, came = await old_town(system, 3)
    user, code = next(iter(came.items()))

    answer = await system.practice.run_command(
        town.id, town.owner, "/invite import", {"user": user}
    )

    lines = await eventually(lambda: ledger_lines(system, town.id))
    assert [(line["user_id"], line["invite_code"]) for line in lines] == [(user, code)]
    await eventually(lambda: code in said(system, answer) or None)


async def test_without_discords_record_counts_stand_until_names_come(system: System) -> None:
    # Given a server that does not want Discord's record to be asked
    town, _ = await old_town(system, 6)
    gone = system.practice.join(town.id, next(iter(town.codes)), user="gone").user_id
    await eventually(lambda: item(system, town.id, f"M#{gone}"))
    system.practice.leave(town.id, gone)
    setting(system, town, "off")

    # When
    await imported(system, town)

    # Then the counts that were there are credited, and what was seen is not counted again
    assert standing(system, town.id)["status"] == "counted"
    first, *others = town.codes.values()
    assert credit(system, town) == {first: 3, **dict.fromkeys(others, 2)}
    await imported(system, town)
    assert credit(system, town) == {first: 3, **dict.fromkeys(others, 2)}

    # When it may be asked
    setting(system, town, "auto")
    await imported(system, town)

    # Then names have taken the place of counts
    assert credit(system, town) == {first: 3, **dict.fromkeys(others, 2)}
    lines = ledger_lines(system, town.id)
    assert sum(line["delta"] for line in lines if line["type"] == "credit") == 0


def setting(system: System, town: Town, value: str) -> None:
    system.cloud.dynamodb.put_item(
        TableName=system.table_name,
        Item={
            "pk": {"S": f"G#{town.id}"},
            "sk": {"S": "S#guild#members_search"},
            "value": {"S": value},
        },
    )


async def test_it_is_for_those_who_manage_the_server(system: System) -> None:
    town = Town(system, 1)

    with pytest.raises(NotSendableError):
        await system.practice.run_command(town.id, town.owner, "/invite import", {"user": "nobody"})
    answer = await system.practice.run_command(
        town.id, next(iter(town.codes.values())), "/invite import"
    )

    assert "Manage Server" in text_of(answer)


async def test_at_install_the_newest_members_are_imported_unasked(tmp_path: Path) -> None:
    async with System(state=tmp_path / "state", import_at_install=5) as system:
        guild = next(iter(system.practice.world.state.guilds.values()))

        def paused() -> dict[str, Any] | None:
            now = standing(system, guild.id)
            return now if now and now["status"] != "running" else None

        now = await eventually(paused, patience=90)

    assert now["run"] == "install"
    assert now["started_by"] is None
    found = sum(now["roads"].values())
    assert found == len(guild.members)
    assert now["status"] == "done"
