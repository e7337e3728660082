"""The listener's parts connected to a small Discord, sending to a queue in memory."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from gateway_listener.account import Account
from gateway_listener.bootstrap import utc_now
from gateway_listener.catch_up import CatchUp
from gateway_listener.client import GatewayClient
from gateway_listener.identify import IdentifyGate, OwnTurns
from gateway_listener.looks import DiscordLooks
from gateway_listener.missed import MissedReader
from gateway_listener.past import DiscordPast
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.publish import Publisher, SendError
from gateway_listener.recovery import Recovery
from gateway_listener.table_thread import TableThread
from gateway_listener.watch import Watch
from tests.integration.gateway_listener.fake_discord import TOKEN, FakeDiscord
from tests.integration.gateway_listener.machine import Machine, TinyAws
from usher.contracts.observation import MemberJoined, Observation
from usher.contracts.observation_codec import decode
from usher.ids import GuildId


@dataclass
class FakeQueue:
    """Keeps what it accepts; refuses while `out` is set."""

    loop: asyncio.AbstractEventLoop
    seen: list[Observation] = field(default_factory=list)
    out: bool = False
    refusals: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        refused = self.out
        if refused:
            self.refusals += 1
        else:
            observation = decode(body)
            assert (group, deduplication_id) == (observation.guild_id, observation.id)
            self.seen.append(observation)
        asyncio.run_coroutine_threadsafe(self._notify(), self.loop)
        if refused:
            raise SendError("ServiceUnavailable")

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, holds: Callable[[], object], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: bool(holds()))

    def events[T](self, kind: type[T]) -> list[T]:
        """All events of a kind, in the order in which they were accepted."""
        events = [event for observation in self.seen for event in observation.events]
        return [event for event in events if isinstance(event, kind)]

    def joins(self) -> list[str]:
        return [
            event.person.user_id
            for observation in self.seen
            for event in observation.events
            if isinstance(event, MemberJoined)
        ]


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    fake = FakeDiscord()
    await fake.open()
    yield fake
    await fake.close()


@pytest_asyncio.fixture
async def queue() -> FakeQueue:
    return FakeQueue(asyncio.get_running_loop())


@dataclass
class ListRecorder:
    """Keeps kinds and data."""

    lines: list[tuple[str, object]]

    def write(self, at: datetime, kind: str, guild_id: GuildId, data: object) -> None:
        self.lines.append((kind, data))


@dataclass
class Running:
    """A listener without its process."""

    account: Account
    client: GatewayClient
    looks: DiscordLooks
    past: DiscordPast
    watch: Watch
    publisher: Publisher
    progress: Progress
    recorded: list[tuple[str, object]]
    """Kinds and data of what was recorded."""
    task: asyncio.Task[None] | None = None

    async def start(self, token: str = TOKEN) -> None:
        await self.account.log_in(token)
        self.task = asyncio.create_task(self.client.stay_connected())

    async def stop(self) -> None:
        await self.watch.drain(2)
        await self.publisher.flush(2)
        await self.looks.close()
        await self.past.close()
        await self.client.leave()
        await self.account.http.close()
        await self.publisher.close()
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


@pytest_asyncio.fixture
async def listener(discord: FakeDiscord, queue: FakeQueue) -> AsyncIterator[Running]:
    progress = Progress(SessionPoint(utc_now()))
    account = Account(f"{discord.url}/api", utc_now)
    thread = TableThread()
    gate = IdentifyGate(OwnTurns(), "test", account.terms, utc_now, thread)
    account.identifying = gate.identifying
    looks, past = DiscordLooks(account.http, utc_now), DiscordPast(account.http, utc_now)
    numbers = itertools.count(1)

    def new_id() -> str:
        return f"test-{next(numbers)}"

    with ThreadPoolExecutor(2) as threads:
        publisher = Publisher(queue, threads, spread=lambda _low, _high: 0.01)
        publish = partial(publisher.publish, sent=progress.sent)
        client = GatewayClient(account, utc_now, progress, turn=gate.turn, full=publisher.full)
        lines: list[tuple[str, object]] = []
        recorder = ListRecorder(lines)
        catch_up = CatchUp(MissedReader(past, pause=0), recorder, utc_now, settle=0.01)
        recovery = Recovery(catch_up, publish, utc_now, new_id, progress)
        watch = Watch(looks, publish, recorder, utc_now, new_id, progress, recovery)
        client.watch_with(watch)
        running = Running(account, client, looks, past, watch, publisher, progress, lines)
        yield running
        await running.stop()
        thread.close()


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """The fake Discord listens on 127.0.0.1."""


@pytest_asyncio.fixture
async def machine(tmp_path: Path, discord: FakeDiscord) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack, TinyAws().opened() as aws:
        yield Machine(tmp_path, discord, aws, stack)
        await stack.aclose()
