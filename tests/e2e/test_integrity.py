"""The hourly check as it is deployed, under its own role: repaired, told once, told as solved."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.system import System
from tests.e2e.town import watched
from tests.e2e.watching import eventually, item, joined
from usher.times import format_time

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


async def check(system: System) -> dict[str, int]:
    """Run what the schedule runs."""
    answer = await asyncio.to_thread(
        system.cloud.functions.invoke,
        FunctionName=system.deployment.physical_ids["IntegrityFunction"],
    )
    told: dict[str, int] = json.loads(answer["Payload"].read())
    return told


def note(system: System, guild_id: str, sort_key: str) -> dict[str, Any]:
    """What the check has written down."""
    row = item(system, guild_id, sort_key)
    return dict(json.loads(row["integrity"]["S"])) if row else {}


def hours_pass(system: System, guild_id: str, *sort_keys: str) -> None:
    """Date what the check has written down back, as if it had been hours ago."""
    for sort_key in sort_keys:
        fields = note(system, guild_id, sort_key)
        before = format_time(datetime.now(UTC) - timedelta(days=2))
        for name in fields.keys() & {"first", "whole_at"}:
            fields[name] = before
        system.cloud.dynamodb.update_item(
            TableName=system.table_name,
            Key={"pk": {"S": f"G#{guild_id}"}, "sk": {"S": sort_key}},
            UpdateExpression="SET integrity = :text",
            ExpressionAttributeValues={":text": {"S": json.dumps(fields)}},
        )


def count(system: System, guild_id: str, inviter: str, number: int) -> None:
    """Change an inviter's counters behind everybody's back."""
    system.cloud.dynamodb.update_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"G#{guild_id}"}, "sk": {"S": f"C#{inviter}"}},
        UpdateExpression="ADD tracked :n",
        ExpressionAttributeValues={":n": {"N": str(number)}},
    )


async def test_damage_is_repaired_or_told_once(system: System) -> None:
    # Given a guild with a join, in which all agrees
    town = await watched(system, 2)
    (used, inviter), (unused, _) = town.codes.items()
    system.practice.join(town.id, used, user="guest")
    await joined(system, town.id, 1)
    await eventually(lambda: item(system, town.id, f"C#{inviter}").get("tracked") == {"N": "1"})
    told = await check(system)
    assert (told["open"], told["repairs"], told["left"]) == (0, 0, 0), told

    # When the table loses a code and miscounts an inviter
    code = f"I#{unused}"
    key = {"pk": {"S": f"G#{town.id}"}, "sk": {"S": code}}
    system.cloud.dynamodb.delete_item(TableName=system.table_name, Key=key)
    count(system, town.id, inviter, 5)
    hours_pass(system, town.id, "INTEGRITY")
    told = await check(system)

    # Then the count is told, and the code is left to the listener at first
    row, invite = f"DRIFT#row#C#{inviter}", f"DRIFT#invite#{unused}"
    assert (told["open"], told["repairs"]) == (1, 0), told
    assert note(system, town.id, row)["told"]
    assert note(system, town.id, invite)["tries"] == 0
    assert not item(system, town.id, code)

    # And an hour later the code is repaired along the road of the joins, and nothing told again
    hours_pass(system, town.id, invite)
    told = await check(system)
    assert (told["open"], told["repairs"]) == (1, 1), told
    await eventually(lambda: item(system, town.id, code).get("status") == {"S": "active"})

    # And what is mended by hand is solved
    count(system, town.id, inviter, -5)
    hours_pass(system, town.id, "INTEGRITY")
    told = await check(system)
    assert (told["open"], told["repairs"]) == (0, 0), told
    assert note(system, town.id, row)["solved"]
    assert note(system, town.id, invite)["solved"]
