"""A machine for listeners that are processes of their own: AWS, Discord, environment."""

import asyncio
import hashlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.integration.gateway_listener.fake_discord import TOKEN, FakeDiscord, answer
from usher.contracts.observation import MemberJoined, Observation
from usher.contracts.observation_codec import decode

ROOT = Path(__file__).parents[3]


@dataclass
class TinyAws:
    """Answers SendMessage and GetSecretValue in AWS's JSON protocol."""

    token: str = TOKEN
    out: bool = False
    """Whether the queue refuses."""
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
        if self.out:
            return answer({"__type": "ServiceUnavailable"}, status=503)
        async with self.changed:
            self.seen.append(decode(fields["MessageBody"]))
            self.changed.notify_all()
        digest = hashlib.md5(fields["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        return answer({"MessageId": "1", "MD5OfMessageBody": digest})

    async def until_seen(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: bool(holds()))

    def events[T](self, kind: type[T]) -> list[T]:
        events = [event for observation in self.seen for event in observation.events]
        return [event for event in events if isinstance(event, kind)]

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

    async def run(
        self, environment: dict[str, str], module: str = "gateway_listener", name: str = ""
    ) -> Process:
        log = self.folder / f"{name or module}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, env=environment, stdout=output, stderr=output
            )
        self.stack.push_async_callback(end, process)
        return Process(process, int(environment.get("HEALTH_PORT", "0")), log)


async def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
