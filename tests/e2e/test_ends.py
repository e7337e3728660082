"""What holds for a time ends in time, once, and as it was before (SPEC 7.5, 7.7)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.system import System
from infra.practice.entities import Channel, Overwrite
from tests.e2e.answers import text_of
from tests.e2e.ends import begin, disturbed, lateness
from tests.e2e.test_logs import press
from tests.e2e.town import Town
from tests.e2e.watching import eventually, item
from usher.channels.bits import SEND_MESSAGES, taken
from usher.channels.model import Kind

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


def bits(channel: Channel) -> dict[str, tuple[int, int]]:
    """What is allowed and denied in a channel, by whom."""
    return {one.id: (int(one.allow), int(one.deny)) for one in channel.overwrites}


async def run(system: System, town: Town, line: str, **options: str | int) -> str:
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


def ended(system: System, town: Town, channel: Channel) -> dict[str, Any] | None:
    row = item(system, town.id, f"X#lock#{channel.id}")
    return row if "ended_at" in row else None


def paused(town: Town) -> bool:
    return town.guild.invites_disabled_until is not None


async def test_some_that_end_together_end_once_with_sweepers_killed_and_doubled(
    system: System,
) -> None:
    town = Town(system, 0)
    first = datetime.now(UTC) + timedelta(seconds=8)
    slowed = await asyncio.to_thread(begin, system, [town.guild], 60, first, 6)

    await disturbed(system, [datetime.now(UTC), first, first + timedelta(seconds=3)])
    late = await lateness(system, slowed, patience=90)

    assert sorted(slowed.changes()) == sorted(slowed.ends)
    assert all(channel.rate_limit_per_user == 0 for channel in slowed.channels())
    assert late[0] >= 0


async def test_a_lock_ends_by_itself_and_keeps_what_was_changed_meanwhile(system: System) -> None:
    # Given a channel with odd overwrites
    practice, town = system.practice, Town(system, 3)
    channel = next(iter(town.guild.channels.values()))
    role, other = practice.create_role(town.id, "Talkers"), practice.create_role(town.id, "Quiet")
    member = next(iter(town.codes.values()))
    channel.overwrites = [
        Overwrite(town.id, 0, 1 << 46, 0),
        Overwrite(role.id, 0, SEND_MESSAGES | 1 << 15, 1 << 18),
        Overwrite(other.id, 0, 0, SEND_MESSAGES),
        Overwrite(member, 1, SEND_MESSAGES, 0),
    ]
    before = bits(channel)

    # When it is locked for a time, and somebody allows something meanwhile
    said = await run(system, town, "/lockdown", channel=channel.id, duration="20s", reason="calm")
    assert "is locked until" in said
    held = bits(channel)
    assert held[town.id][1] & taken(Kind.TEXT) == taken(Kind.TEXT)
    assert held[role.id][0] & SEND_MESSAGES == 0
    overwrite = next(one for one in channel.overwrites if one.id == other.id)
    overwrite.deny = 1 << 6
    overwrite.allow = 1 << 17

    # Then it opens by itself, and only that is left
    await eventually(lambda: bits(channel)[role.id] == before[role.id] or None, patience=90)
    row = await eventually(lambda: ended(system, town, channel), patience=30)
    assert "due" not in row
    assert bits(channel) == before | {other.id: (1 << 17, 1 << 6)}


async def test_a_server_is_locked_and_opened_again(system: System) -> None:
    town = Town(system, 0)
    before = {channel.id: bits(channel) for channel in town.guild.channels.values()}

    asked = await system.practice.run_command(
        town.id, town.owner, "/lockdown", {"scope": "server", "reason": "raid"}
    )
    done = text_of(await press(system, town, asked, "Lock the server"))

    assert "The server is locked" in done
    assert paused(town)
    for channel in town.guild.channels.values():
        assert bits(channel)[town.id][1] & SEND_MESSAGES

    assert "unlocked" in await run(system, town, "/unlock", scope="server")
    assert not paused(town)
    assert {channel.id: bits(channel) for channel in town.guild.channels.values()} == before


async def test_messages_are_purged(system: System) -> None:
    town = Town(system, 1)
    channel = next(iter(town.guild.channels.values()))
    for n in range(5):
        system.practice.say(channel.id, town.owner, f"message {n}")

    said = await run(system, town, "/purge", count=3)

    assert "3 messages deleted" in said
    left = [one.content for one in system.practice.messages(channel.id)]
    assert sorted(left) == ["message 0", "message 1"]
