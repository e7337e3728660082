"""The listener as its own process: its settings, its end, its exit codes, its health check."""

import json
import signal

import pytest

from tests.integration.gateway_listener.fake_discord import TOKEN, answer, invite, join
from tests.integration.gateway_listener.machine import Machine


@pytest.mark.asyncio
async def test_sigterm_publishes_what_is_gathered_and_leaves_the_session_resumable(
    machine: Machine,
) -> None:
    # Given a listener that has seen one join, and a second that is being gathered
    discord, aws = machine.discord, machine.aws
    discord.invites = lambda: answer([invite("a", discord.looks())])
    environment = machine.environment()
    listener = await machine.run(environment)
    await discord.until(lambda: discord.handshakes, seconds=20)
    await discord.dispatch(*join(5))
    await aws.until(1)
    check = await machine.run(environment, "gateway_listener.health")
    assert await check.ended() == 0
    await discord.dispatch(*join(6))
    await discord.heartbeat_now()
    # When it is told to end
    listener.process.send_signal(signal.SIGTERM)
    # Then nothing is lost, the close code keeps the session, and it ends well
    assert await listener.ended() == 0
    assert aws.joins() == ["5", "6"]
    assert discord.close_codes == [4000]
    assert TOKEN not in listener.log.read_text()
    assert any("ListenerHeartbeat" in line for line in listener.lines())
    # And the raw payloads are there for a replay
    recorded = [
        json.loads(line) for line in (machine.folder / "raw.jsonl").read_text().splitlines()
    ]
    kinds = [line["type"] for line in recorded]
    assert kinds[0] == "GAP"
    assert kinds.count("GUILD_MEMBER_ADD") == 2
    assert {"INVITES", "VANITY"} <= set(kinds)
    assert all(line.keys() == {"at", "type", "guild_id", "data"} for line in recorded)
    # And the health check says that nobody is there
    check = await machine.run(environment, "gateway_listener.health")
    assert await check.ended() == 1


@pytest.mark.asyncio
async def test_missing_settings_are_one_readable_line_and_exit_code_two(machine: Machine) -> None:
    environment = machine.environment()
    del environment["EVENTS_QUEUE_URL"], environment["HEALTH_PORT"]
    listener = await machine.run(environment)
    assert await listener.ended() == 2
    (line,) = listener.lines()
    assert "EVENTS_QUEUE_URL" in str(line["message"])
    assert "HEALTH_PORT" in str(line["message"])


@pytest.mark.asyncio
async def test_a_wrong_token_is_a_readable_line_and_exit_code_two(machine: Machine) -> None:
    machine.aws.token = "wrong.token"
    listener = await machine.run(machine.environment())
    assert await listener.ended() == 2
    assert "token" in str(listener.lines()[-1]["message"])
    assert "exception" not in listener.lines()[-1]
    assert "wrong.token" not in listener.log.read_text()


@pytest.mark.asyncio
async def test_disallowed_intents_are_a_readable_line_and_exit_code_two(machine: Machine) -> None:
    machine.discord.refuse_identify_with = 4014
    listener = await machine.run(machine.environment())
    assert await listener.ended() == 2
    assert "Server Members Intent" in str(listener.lines()[-1]["message"])
