"""The listener as its own process: its settings, its end, its exit codes, its health check."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from tests.integration.gateway_listener.fake_discord import TOKEN, FakeDiscord, answer, invite, join
from usher.contracts.observation import MemberJoined, Observation
from usher.contracts.observation_codec import decode

ROOT = Path(__file__).parents[3]


@dataclass
class TinyAws:
    """Answers SendMessage and GetSecretValue in AWS's JSON protocol."""

    token: str = TOKEN
    seen: list[Observation] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["TinyAws"]:
        application = web.Application(client_max_size=2**20)
        application.router.add_post("/{tail:.*}", self._answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        yield self
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        fields = json.loads(await request.read())
        target = request.headers["X-Amz-Target"]
        if target == "secretsmanager.GetSecretValue":
            return answer({"Name": fields["SecretId"], "SecretString": self.token})
        assert target == "AmazonSQS.SendMessage"
        async with self.changed:
            self.seen.append(decode(fields["MessageBody"]))
            self.changed.notify_all()
        digest = hashlib.md5(fields["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return answer({"MessageId": "1", "MD5OfMessageBody": digest})

    async def until(self, joins: int) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.joins()) >= joins)

    def joins(self) -> list[str]:
        events = [event for observation in self.seen for event in observation.events]
        return [event.person.user_id for event in events if isinstance(event, MemberJoined)]


@dataclass
class Process:
    process: asyncio.subprocess.Process
    port: int
    log: Path

    async def ended(self) -> int:
        async with asyncio.timeout(20):
            return await self.process.wait()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@dataclass
class Machine:
    """Where the listener runs."""

    folder: Path
    discord: FakeDiscord
    aws: TinyAws
    stack: AsyncExitStack

    def environment(self) -> dict[str, str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT))),
            "EVENTS_QUEUE_URL": f"{self.aws.url}/000000000000/events.fifo",
            "DISCORD_API_BASE": f"{self.discord.url}/api",
            "DISCORD_TOKEN_SECRET": "usher/discord-token",
            "HEALTH_PORT": str(port),
            "LOG_LEVEL": "DEBUG",
            "RECORD_FILE": str(self.folder / "raw.jsonl"),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    async def run(self, environment: dict[str, str], module: str = "gateway_listener") -> Process:
        log = self.folder / f"{module}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, env=environment, stdout=output, stderr=output
            )
        self.stack.push_async_callback(_end, process)
        return Process(process, int(environment.get("HEALTH_PORT", "0")), log)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest_asyncio.fixture
async def machine(tmp_path: Path, discord: FakeDiscord) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack, TinyAws().opened() as aws:
        yield Machine(tmp_path, discord, aws, stack)
        await stack.aclose()


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
