"""A listener's process in simulated time: its real parts, and a life that may end at any call."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from gateway_listener.catch_up import CatchUp
from gateway_listener.lease import RENEWALS, Lease, renewed, resumable, wanted_over
from gateway_listener.missed import MissedReader
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.publish import Publisher, SendError
from gateway_listener.recovery import Recovery
from gateway_listener.watch import TAKEN, Watch
from tests.fakes.fifo import Message
from tests.fakes.objects import Inline
from tests.fakes.virtual_time import VirtualLoop
from tests.integration.gateway_listener.stage import GUILD, START, FaultError, Payload, Stage
from usher.ids import GuildId, UserId

SETTLE = 100.0
"""Seconds until nothing is looked for any more."""
LIFE = timedelta(seconds=30)
INTENTS = 1
OWN_ID = UserId("1")
MOST_LIVES = 20

type Deed = Callable[[Stage], None]


class EndedError(SystemExit):
    """The process ends here: what the event loop lets through."""


@dataclass
class Row:
    """The lease's row. What keeps it in a process is shown here as far as it decides anything."""

    stage: Stage
    held: Lease | None = None

    async def take(self, owner: str) -> Lease:
        """Wait until the lease is free."""
        while True:
            with suppress(FaultError):
                wanted = wanted_over(self._read(), owner, self.stage.now(), LIFE)
                if wanted is not None:
                    self.write(wanted)
                    return wanted
            await asyncio.sleep(1)

    def write(self, wanted: Lease) -> None:
        number = self.stage.enter("lease write")
        self.held = wanted
        self.stage.done("lease write", number)

    def _read(self) -> Lease | None:
        number = self.stage.enter("lease read")
        self.stage.done("lease read", number)
        return self.held


@dataclass
class Process:
    """What one process has in memory."""

    stage: Stage
    name: str
    row: Row
    sent: list[Message]
    """The events queue."""
    lag: float = 0.0
    """Seconds until it hears of anything."""

    def __post_init__(self) -> None:
        stage, numbers = self.stage, count(1)
        self.progress = Progress(SessionPoint(stage.now()))
        self.publisher = Publisher(self, Inline(), spread=lambda _low, high: high)
        self.progress.keep_now = self._keep_now
        publish = partial(self.publisher.publish, sent=self.progress.sent)
        catch_up = CatchUp(MissedReader(stage), self, stage.now)

        def new_id() -> str:
            return f"{self.name}-{next(numbers)}"

        recovery = Recovery(catch_up, publish, stage.now, new_id, self.progress)
        self.watch = Watch(stage, publish, self, stage.now, new_id, self.progress, recovery)
        self._heard: asyncio.Queue[tuple[float, int, str, Payload]] = asyncio.Queue()
        self._up = False
        self._lease: Lease | None = None

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        """Take a message into the events queue."""
        try:
            number = self.stage.enter("sqs")
            self.sent.append(Message(deduplication_id, group, body))
            self.stage.done("sqs", number)
        except FaultError as error:
            raise SendError("ServiceUnavailable") from error

    def write(self, at: datetime, kind: str, guild_id: GuildId, data: object) -> None:
        """Record nothing, but be a step. A recorder lets no error out."""
        with suppress(FaultError):
            self.stage.done("record", self.stage.enter("record"))

    async def listen(self) -> None:
        """Do what the listener's bootstrap and client do, without a connection."""
        self._lease = await self.row.take(self.name)
        keeping = asyncio.create_task(self._keep())
        try:
            point = self._lease.point
            if point is not None:
                self.progress.take_up(point)
            session = resumable(point, self.stage.now(), INTENTS)
            taken_up = False
            if session is not None:
                self.watch.session_goes_on(OWN_ID, await self.stage.guilds())
                taken_up = self.stage.resume(session.session_id, session.sequence, self.hear)
            if not taken_up:
                self.stage.identify(self.hear)
            while True:
                due, number, kind, data = await self._heard.get()
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                self._take(number, kind, data)
        finally:
            keeping.cancel()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(LIFE.total_seconds() / RENEWALS)
            with suppress(FaultError):
                self._renew(LIFE)

    def _keep_now(self) -> None:
        with suppress(FaultError):
            self._renew(LIFE)

    def _renew(self, life: timedelta) -> None:
        if self._lease is not None:
            now = self.stage.now()
            self._lease = renewed(self._lease, now, life, self.progress.safe(now))
            self.row.write(self._lease)

    def hear(self, number: int, kind: str, data: Payload) -> None:
        """Be sent a dispatch."""
        due = asyncio.get_running_loop().time() + self.lag
        self._heard.put_nowait((due, number, kind, data))

    def _take(self, number: int, kind: str, data: Payload) -> None:
        if kind == "READY":
            since = None if self.progress.fresh else self.progress.now.alive_at
            self._up = True
            self.watch.session_began(OWN_ID, [GUILD], since)
            self.progress.fresh = False
        elif kind == "RESUMED":
            self._up = True
            self.watch.session_resumed()
        elif kind in TAKEN:
            self.watch.dispatch(kind, data)
        heard = self.progress.now.alive_at
        if self._up:
            heard = max(heard, self.stage.now())
        session = str(self.stage.session)
        self.progress.moved(SessionPoint(heard, session, number, "wss://gateway", INTENTS))

    async def end(self) -> None:
        """End in order."""
        await self.watch.drain(5)
        await self.publisher.flush(90)
        with suppress(FaultError):
            self._renew(timedelta(0))
        await self.publisher.close()


@dataclass
class Lives:
    """One process after another, as long as things happen."""

    stage: Stage
    deeds: list[tuple[float, Deed]]
    restart: timedelta = timedelta(seconds=2)
    """From the end of a process to the beginning of the next."""
    sent: list[Message] = field(default_factory=list)
    ends: int = 0

    def run(self) -> "Lives":
        """Live until everything has happened and settled; return what was sent in `sent`."""
        waiting, row, now = deque(self.deeds), Row(self.stage), START
        for number in range(MOST_LIVES):
            loop = VirtualLoop(now)
            self.stage.now, self.stage.alive = loop.now, True
            try:
                loop.run_until_complete(self._live(f"process{number}", row, waiting))
            except EndedError:
                self.ends += 1
            else:
                return self
            finally:
                self.stage.alive = False
                now = loop.now()
                close(loop)
            self.stage.lost()
            now += self.restart
            while waiting and _moment(waiting[0][0]) <= now:
                seconds, deed = waiting.popleft()
                self.stage.now = lambda seconds=seconds: _moment(seconds)  # type: ignore[misc]
                deed(self.stage)
        raise AssertionError("processes that never live on")

    async def _live(self, name: str, row: Row, waiting: deque[tuple[float, Deed]]) -> None:
        process = Process(self.stage, name, row, self.sent)
        listening = asyncio.create_task(process.listen())
        while waiting:
            wait = _moment(waiting[0][0]) - self.stage.now()
            await asyncio.sleep(max(0.0, wait.total_seconds()))
            waiting.popleft()[1](self.stage)
        await asyncio.sleep(SETTLE)
        await process.end()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def close(loop: VirtualLoop) -> None:
    """Let go of everything that the process had under way."""

    async def let_go() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(let_go())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
