"""What is wrong is found, said with its remedy, and gone once it is mended (SPEC 11.4)."""

import asyncio
from typing import Any, cast

import pytest

from infra.local.system import System
from infra.practice.intents import Intents
from infra.practice.interactions.outcome import Outcome
from infra.practice.permissions import Permission
from tests.e2e.answers import button_of, text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


async def examined(system: System, town: Town, **options: str) -> Outcome:
    return await system.practice.run_command(town.id, town.owner, "/doctor", options)


async def ask(system: System, town: Town, line: str, **options: str | int) -> str:
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


async def press(system: System, town: Town, outcome: Outcome, label: str) -> Outcome:
    """Press a button whose answer takes the place of the message."""
    pressed = await system.practice.click(town.id, town.owner, *button_of(outcome, label))

    def changed() -> Outcome | None:
        now = system.practice.outcome(pressed.interaction_id)
        return now if now.message != outcome.message else None

    return await eventually(changed, patience=30)


def own_role(system: System, town: Town) -> str:
    roles = town.guild.roles.values()
    return next(role.id for role in roles if role.bot_id == system.practice.world.bot.id)


async def test_each_fault_is_found_and_gone_when_mended(system: System) -> None:
    practice, town = system.practice, await watched(system, 1)
    log = practice.create_channel(town.id, "mod-log", town.owner)
    joins = practice.create_channel(town.id, "joins", town.owner)

    # Given a server in which everything works
    assert "Saved" in await ask(system, town, "/modconfig log", channel=log.id)
    await ask(system, town, "/invite notices joins", channel=joins.id)
    rank = practice.create_role(town.id, "Regular")
    role = own_role(system, town)
    practice.place_role(town.id, role, rank.id)
    await ask(system, town, "/invite rank add", role=rank.id, invites=5)
    rewards = await practice.run_command(town.id, town.owner, "/invite rewards", {"status": "ON"})
    await press(system, town, rewards, "Switch rewards on")
    well = text_of(await examined(system, town))
    assert "Everything is well." in well
    assert "1 active invite" in well
    assert "I listen (shard 0 of 1)" in well

    # When permissions are taken, a channel is closed and another deleted, a role moved up
    held = Permission(town.guild.roles[role].permissions)
    practice.set_role_permissions(
        town.id, role, held & ~(Permission.ADMINISTRATOR | Permission.VIEW_AUDIT_LOG)
    )
    practice.set_overwrite(log.id, town.id, deny=Permission.SEND_MESSAGES)
    practice.remove_channel(joins.id)
    practice.place_role(town.id, rank.id, role)
    practice.approved_intents = Intents.NONE

    # Then each is told, the worst first, with what to do
    sick = await examined(system, town)
    said = text_of(sick)
    assert "I lack **View Audit Log**, which I need to tell kicks and bans from leaves" in said
    assert f"I lack **Send Messages** in <#{log.id}>, which is set for the moderation log" in said
    assert f"`{joins.id}` is gone, which is set for the join log" in said
    assert f"I cannot give <@&{rank.id}> for a rank: it is not below <@&{role}>." in said
    assert "the Server Members Intent is off" in said
    assert said.index("🔴") < said.index("🟡")
    there = text_of(await examined(system, town, channel=log.id))
    assert "Send Messages" in there
    assert joins.id not in there

    # And when all is mended, one of it by the button, everything is well again
    practice.set_role_permissions(town.id, role, held)
    practice.set_overwrite(log.id, town.id)
    practice.place_role(town.id, role, rank.id)
    practice.approved_intents = Intents.GUILD_MEMBERS
    mended = await press(system, town, sick, "Forget what is deleted")
    assert "Everything is well." in text_of(mended)


async def test_a_listener_that_is_gone_is_missed(system: System) -> None:
    # Given a server that is listened to
    town = await watched(system, 1)
    assert "Everything is well." in text_of(await examined(system, town))

    # When the listener dies and its lease runs out
    await system.kill_listener()
    answer = await _until(system, town, "Nobody listens to this server now.")

    # Then that is told, and it is well again when it runs
    assert "Joins are made up for once it runs again." in answer
    await system.start_listener()
    await _until(system, town, "Everything is well.")


async def _until(system: System, town: Town, words: str) -> str:
    async with asyncio.timeout(60):
        said = text_of(await examined(system, town))
        while words not in said:
            await asyncio.sleep(0.5)
            said = text_of(await examined(system, town))
        return said


async def test_a_new_server_is_set_up_by_clicks(system: System) -> None:
    # Given a server that nobody has set up
    practice, town = system.practice, await watched(system, 1)
    log = practice.create_channel(town.id, "team", town.owner)
    start = await practice.run_command(town.id, town.owner, "/setup", {})
    assert "7 steps" in text_of(start)

    # When its owner goes through the steps
    first = await press(system, town, start, "Begin")
    assert "team: nowhere" in text_of(first)
    told = await choose(system, town, first, 0, log.id)
    assert f"team: <#{log.id}>" in text_of(told)
    welcome = await press(system, town, told, "Next")
    greeted = await choose(system, town, welcome, 0, town.guild.system_channel_id or log.id)
    assert "✅ Now: in <#" in text_of(greeted)

    # Then that is set, and the steps that are left are the next ones
    assert f"<#{log.id}>" in await ask(system, town, "/modconfig show")
    again = await practice.run_command(town.id, town.owner, "/setup", {})
    assert text_of(again).count("✅") == 3
    assert "Who is staff" in text_of(await press(system, town, again, "Go on"))

    # And a channel that I cannot write to is refused, with what is missing
    practice.set_overwrite(log.id, town.id, deny=Permission.SEND_MESSAGES)
    refused = await practice.run_command(town.id, town.owner, "/setup", {"step": "log"})
    role = own_role(system, town)
    held = Permission(town.guild.roles[role].permissions)
    practice.set_role_permissions(town.id, role, held & ~Permission.ADMINISTRATOR)
    said = await told_beside(system, town, refused, 1, log.id)
    assert f"I need Send Messages in <#{log.id}>" in said


def menu_of(outcome: Outcome, number: int) -> tuple[str, str]:
    """The ids of an answer's message and of one of its menus."""
    message = cast("dict[str, Any]", outcome.message)
    rows = [row["components"] for row in message["components"]]
    menus = [one for row in rows for one in row if one["type"] != 2]
    return message["id"], menus[number]["custom_id"]


async def choose(
    system: System, town: Town, outcome: Outcome, number: int, *values: str
) -> Outcome:
    """Choose from a menu whose answer takes the place of the message."""
    menu = menu_of(outcome, number)
    chosen = await system.practice.click(town.id, town.owner, *menu, [*values])

    def changed() -> Outcome | None:
        now = system.practice.outcome(chosen.interaction_id)
        return now if now.message != outcome.message else None

    return await eventually(changed, patience=30)


async def told_beside(
    system: System, town: Town, outcome: Outcome, number: int, *values: str
) -> str:
    """Choose from a menu, and read what is said beside the message."""
    menu = menu_of(outcome, number)
    chosen = await system.practice.click(town.id, town.owner, *menu, [*values])

    def said() -> str | None:
        messages = system.practice.outcome(chosen.interaction_id).messages
        return str(messages[-1]["content"]) if len(messages) > 1 else None

    return await eventually(said, patience=30)
