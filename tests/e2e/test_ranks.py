"""Members gain and lose roles by their invites, and admins hear what is in the way."""

import asyncio
import json
from collections.abc import Callable
from functools import partial

import pytest

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.test_logs import press
from tests.e2e.test_notices import said, sweep
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


async def run(system: System, town: Town, line: str, **options: str | int) -> str:
    """Have the owner run a command; return what they read."""
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


def holds(town: Town, user_id: str, role_id: str, *, yes: bool = True) -> Callable[[], bool]:
    return lambda: (role_id in town.guild.members[user_id].roles) is yes


def brought(system: System, town: Town, user_id: str, number: int) -> bool:
    return item(system, town.id, f"C#{user_id}").get("tracked") == {"N": str(number)}


async def make_due(system: System, town: Town, key: str) -> None:
    """Let the time come at which a problem is looked at again."""
    due_at = {"S": "2026-01-01T00:00:00.000000Z"}
    await asyncio.to_thread(
        system.cloud.dynamodb.update_item,
        TableName=system.table_name,
        Key={"pk": {"S": f"G#{town.id}"}, "sk": {"S": key}},
        UpdateExpression="SET due_at = :at",
        ExpressionAttributeValues={":at": due_at},
    )


async def test_a_role_is_earned_lost_kept_back_by_the_hierarchy_and_given_once_mended(
    system: System,
) -> None:
    # Given a rank for two invites, rewards on, and channels for problems and milestones
    practice = system.practice
    town = await watched(system, 1)
    (code, host) = next(iter(town.codes.items()))
    general, lounge = town.guild.channels
    role = practice.create_role(town.id, "Connector")
    own = next(one.id for one in town.guild.roles.values() if one.bot_id is not None)
    added = await run(system, town, "/invite rank add", role=role.id, invites=2)
    assert "2 invites" in added
    await run(system, town, "/invite rewards", channel=lounge)
    asked = await practice.run_command(town.id, town.owner, "/invite rewards", {"status": "ON"})
    assert "platform manipulation" in text_of(asked)
    on = await press(system, town, asked, "Switch rewards on")
    assert "**on**" in text_of(on)
    await run(system, town, "/invite milestone channel", channel=general)

    # When two come by the host's code, and one of them leaves
    practice.join(town.id, code, user="first")
    second = practice.join(town.id, code, user="second")
    await eventually(holds(town, host, role.id), 40)
    shown = text_of(await practice.run_command(town.id, host, "/invite ranks"))
    assert "✅" in shown
    practice.leave(town.id, second.user_id)

    # Then the role is lost, and the milestone was told once
    await eventually(holds(town, host, role.id, yes=False), 40)
    assert [text for text in said(system, general) if "milestone" in text] == [
        f"<@{host}> has reached a milestone: first invite!"
    ]
    assert "First invite" in text_of(
        await practice.run_command(town.id, host, "/invite achievements")
    )

    # When the role is dragged above Usher's own, and two more come
    practice.place_role(town.id, role.id, above=own)
    for number in range(2):
        practice.join(town.id, code, user=f"more{number}")
        await eventually(partial(brought, system, town, host, 3 + number), 40)

    # Then admins are told why, once, and the panel says it too
    (told,) = await eventually(lambda: said(system, lounge), 40)
    assert f"<@&{role.id}>" in told
    assert "drag my role above it" in told
    assert "drag my role above it" in await run(system, town, "/invite rewards")
    assert role.id not in town.guild.members[host].roles

    # When it is dragged below again, and looked at when its time comes
    practice.move_role(town.id, role.id, up=False)
    await make_due(system, town, f"T#rank#{role.id}")
    await sweep(system)

    # Then the role is given after all
    await eventually(holds(town, host, role.id), 40)
    _, mended = await eventually(
        lambda: found if len(found := said(system, lounge)) > 1 else None, 40
    )
    assert "again" in mended
    assert "problem" not in item(system, town.id, f"T#rank#{role.id}")

    # When the role is no rank any more
    removed = await run(system, town, "/invite rank remove", role=role.id)

    # Then it is taken, with the reason in the audit log
    assert "no rank any more" in removed
    await eventually(holds(town, host, role.id, yes=False), 40)
    reasons = {entry.reason for entry in town.guild.audit_log if entry.action_type == 25}
    assert any("Invite rank" in (reason or "") for reason in reasons), json.dumps(list(reasons))
