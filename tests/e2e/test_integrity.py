"""The hourly check as it is deployed, under its own role: repaired, told once, told as solved."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.limits import limited
from tests.e2e.outages import as_operator, close_today
from tests.e2e.town import configure, watched
from tests.e2e.watching import eventually, item, joined
from usher.attribution.state_codec import decode_head, encode_head
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


def watched_for_hours(system: System, guild_id: str) -> None:
    """Date the begin of watching back. Nothing may be on its way for the guild."""
    row = item(system, guild_id, "HEAD")
    head = decode_head(row["state"]["S"], int(row["version"]["N"]))
    since = datetime.now(UTC) - timedelta(hours=2)
    system.cloud.dynamodb.update_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"G#{guild_id}"}, "sk": {"S": "HEAD"}},
        UpdateExpression="SET #state = :text",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":text": {"S": encode_head(replace(head, since=since))}},
    )


def count(system: System, guild_id: str, inviter: str, number: int) -> None:
    """Change an inviter's counters behind everybody's back."""
    system.cloud.dynamodb.update_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"G#{guild_id}"}, "sk": {"S": f"C#{inviter}"}},
        UpdateExpression="ADD tracked :n",
        ExpressionAttributeValues={":n": {"N": str(number)}},
    )


async def test_damage_is_repaired_or_told_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a guild of hours ago with a join, a mute and a closed day, in which all agrees
    town = await watched(system, 2)
    (used, inviter), (unused, _) = town.codes.items()
    guest = system.practice.join(town.id, used, user="guest").user_id
    await joined(system, town.id, 1)
    await eventually(lambda: item(system, town.id, f"C#{inviter}").get("tracked") == {"N": "1"})
    admins = next(iter(town.guild.channels))
    await configure(system, town, admin_channel_id=admins)
    watched_for_hours(system, town.id)
    wanted = {"user": guest, "duration": "1h", "reason": "shouting"}
    muted = await system.practice.run_command(town.id, town.owner, "/mute", wanted)
    assert "muted" in text_of(muted), text_of(muted)
    as_operator(system, monkeypatch)
    await asyncio.to_thread(close_today, system, town)
    told = await check(system)
    assert (told["open"], told["repairs"], told["left"]) == (0, 0, 0), told

    # When the table loses a code and miscounts an inviter, somebody comes and a mute ends untold
    code = f"I#{unused}"
    key = {"pk": {"S": f"G#{town.id}"}, "sk": {"S": code}}
    system.cloud.dynamodb.delete_item(TableName=system.table_name, Key=key)
    count(system, town.id, inviter, 5)
    unseen = system.practice.add_member_user("unseen", town.id).id
    town.guild.members[unseen].joined_at = datetime.now(UTC) - timedelta(hours=1)
    town.guild.members[guest].communication_disabled_until = None
    hours_pass(system, town.id, "INTEGRITY")
    told = await check(system)

    # Then the count is told, and what the listener sees too is left to it at first
    row, invite = f"DRIFT#row#C#{inviter}", f"DRIFT#invite#{unused}"
    member, mute = f"DRIFT#missed#{unseen}", f"DRIFT#mute#{guest}"
    assert (told["open"], told["repairs"]) == (1, 0), told
    assert note(system, town.id, row)["told"]
    assert all(note(system, town.id, one)["tries"] == 0 for one in (invite, member, mute))
    assert not item(system, town.id, code)

    # And an hour later code and member are repaired along the road of the joins, nothing is told
    # again, and admins hear of the mute
    hours_pass(system, town.id, invite, member, mute)
    told = await check(system)
    assert (told["open"], told["repairs"]) == (1, 2), told
    await eventually(lambda: item(system, town.id, code).get("status") == {"S": "active"})
    await eventually(lambda: item(system, town.id, f"M#{unseen}"), patience=60)
    told_admins = f"<@{guest}> is muted by my record"
    await eventually(
        lambda: any(told_admins in one.content for one in system.practice.messages(admins)),
        patience=30,
    )

    # And what is mended by hand is solved, although Discord wants to be left alone in the middle
    count(system, town.id, inviter, -5)

    async def check_again() -> dict[str, int]:
        hours_pass(system, town.id, "INTEGRITY")
        return await check(system)

    members = f"/guilds/{town.id}/members"
    told = await limited(system, "integrity", "GET", members, check_again)
    assert (told["open"], told["repairs"]) == (0, 0), told
    assert note(system, town.id, row)["solved"]
    assert note(system, town.id, invite)["solved"]
