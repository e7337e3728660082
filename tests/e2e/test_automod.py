"""Spam and raids on the whole road: Discord's rules, what is done besides, and a closed door."""

import json
from typing import Any

import pytest

from infra.local.system import System
from infra.practice import ApiError
from tests.e2e.answers import text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


def row(system: System, town: Town, sort_key: str) -> dict[str, Any]:
    answer = system.cloud.dynamodb.get_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"C#{town.id}"}, "sk": {"S": sort_key}},
        ConsistentRead=True,
    )
    return dict(answer.get("Item", {}))


def case(system: System, town: Town, number: int) -> dict[str, Any]:
    found = row(system, town, f"CASE#{number:09}")
    return json.loads(found["case"]["S"]) if found else {}


async def ask(system: System, town: Town, line: str, **options: str | int) -> str:
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


async def test_a_blocked_word_mutes_once_and_a_raid_closes_the_door(system: System) -> None:
    # Given a guild whose rule of words blocks, tells the moderators and times out for a minute
    practice, town = system.practice, await watched(system, 1)
    log = practice.create_channel(town.id, "mod-log", town.owner)
    alerts = practice.create_channel(town.id, "alerts", town.owner)
    assert "Saved" in await ask(system, town, "/modconfig log", channel=log.id)
    said = await ask(
        system, town, "/automod enable", preset="words", words="badword*, other", alert=alerts.id
    )
    assert "Made and switched on." in said
    [rule] = town.guild.automod_rules.values()
    rule.actions.append({"type": 3, "metadata": {"duration_seconds": 60}})
    assert "Saved" in await ask(
        system, town, "/automod policy", rule="Blocked words", action="mute", duration="2h"
    )

    # When somebody writes one of the words
    rude = practice.add_member_user("rude", town.id).id
    with pytest.raises(ApiError, match="200000"):
        practice.say(town.guild.system_channel_id or log.id, rude, "such badwords")

    # Then they are muted, by one case, though Discord told three times
    found = await eventually(
        lambda: one if (one := case(system, town, 1)).get("status") == "active" else None,
        patience=60,
    )
    assert (found["kind"], found["source"], found["user_id"]) == ("mute", "rule", rude)
    assert "Blocked words" in found["reason"]
    assert len(practice.messages(alerts.id)) == 1
    assert "Everything: a mute, 2 hours" in await ask(system, town, "/automod list")

    # When twelve newcomers come at once
    assert "Saved" in await ask(system, town, "/raid config", joins=10, seconds=300, pause=30)
    [code] = town.codes
    for number in range(12):
        practice.join(town.id, code=code, user=f"raider {number}")

    # Then nobody gets in by an invite, and the moderators are told once
    await eventually(lambda: town.guild.invites_disabled_until, patience=60)
    await eventually(
        lambda: row(system, town, "RAID").get("joins", {}).get("S", "").count("\n") == 11,
        patience=60,
    )
    with pytest.raises(ApiError, match="paused"):
        practice.join(town.id, code=code, user="late")
    told = await eventually(
        lambda: [one for one in practice.messages(log.id) if "raid" in one.content], patience=60
    )
    assert len(told) == 1
    assert case(system, town, 2) == {}
    assert "12 members in the last ten minutes" in await ask(system, town, "/raid status")

    # And the door opens again
    assert "Invites let people in again." in await ask(system, town, "/raid off")
    practice.join(town.id, code=code, user="friend")
