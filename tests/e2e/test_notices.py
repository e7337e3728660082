"""Notices about invites arrive in the channel that the guild chose, and codes end by the clock."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from infra.local.system import System
from tests.e2e.town import Town, configure, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

WEEK = int(timedelta(days=7).total_seconds())


async def tell_in_channel(system: System, town: Town, lead: int = 86_400) -> str:
    """Let the guild have a notice channel."""
    channel = next(iter(town.guild.channels.values()))
    await configure(system, town, notice_channel_id=channel.id, notice_lead_seconds=str(lead))
    return channel.id


def said(system: System, channel_id: str) -> list[str]:
    """What Usher has posted in a channel."""
    bot = system.practice.world.bot.id
    messages = system.practice.messages(channel_id)
    return [message.content for message in messages if message.author_id == bot]


def has_joins(system: System, town: Town, code: str, number: int) -> bool:
    return item(system, town.id, f"N#{code}").get("joins") == {"N": str(number)}


async def row_of(system: System, town: Town, code: str) -> None:
    await eventually(lambda: item(system, town.id, f"I#{code}"))


async def sweep(system: System) -> None:
    """Open the sweeper's door now, as the schedule does each minute."""
    functions = system.cloud.functions
    names = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
    (sweeper,) = [name for name in names if "Sweeper" in name]
    answer = await asyncio.to_thread(functions.invoke, FunctionName=sweeper, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


async def test_a_code_near_its_limit_and_then_used_up_is_told_of(system: System) -> None:
    # Given an invite for five, and a channel for notices
    town = await watched(system, 1)
    inviter = next(iter(town.codes.values()))
    channel = await tell_in_channel(system, town)
    code = system.practice.create_invite(town.id, inviter, max_uses=5)
    await row_of(system, town, code)

    # When five join by it, one after the other
    for n in range(5):
        system.practice.join(town.id, code, user=f"guest{n}")
        await eventually(partial(has_joins, system, town, code, n + 1))

    # Then the channel is told twice
    near, spent = await eventually(
        lambda: found if len(found := said(system, channel)) > 1 else None
    )
    assert "4 of 5 uses" in near
    assert "used up" in spent
    assert all(code in notice for notice in (near, spent))


async def test_a_code_is_told_of_before_its_end_and_ends_by_the_clock(system: System) -> None:
    # Given one that expires within the guild's lead time, and one that expires in a moment
    town = await watched(system, 1)
    inviter = next(iter(town.codes.values()))
    channel = await tell_in_channel(system, town, lead=WEEK - 1)
    practice = system.practice
    soon = practice.create_invite(town.id, inviter, max_age=WEEK)
    gone = practice.create_invite(town.id, inviter, max_age=2)
    await row_of(system, town, soon)
    await row_of(system, town, gone)
    assert item(system, town.id, f"I#{gone}")["status"]["S"] == "active"
    await asyncio.sleep(2)  # the clock itself is what is tested

    # When the sweep comes, and comes again
    await sweep(system)
    await eventually(lambda: item(system, town.id, f"I#{gone}")["status"]["S"] == "expired")
    (notice,) = await eventually(lambda: said(system, channel))
    await sweep(system)

    # Then neither is due any more, and nothing is told twice
    assert soon in notice
    assert "expires" in notice
    assert "due" not in item(system, town.id, f"I#{gone}")
    assert (
        item(system, town.id, f"I#{soon}")["due_at"]
        == item(system, town.id, f"I#{soon}")["expires_at"]
    )
    assert said(system, channel) == [notice]


@pytest.mark.soak
async def test_the_schedule_opens_the_door_by_itself(system: System) -> None:
    town = await watched(system, 1)
    code = system.practice.create_invite(town.id, next(iter(town.codes.values())), max_age=1)
    await row_of(system, town, code)

    status = f"I#{code}"
    await eventually(lambda: item(system, town.id, status)["status"]["S"] == "expired", 150)
