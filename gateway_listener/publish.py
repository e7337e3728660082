"""Observations on their way to `events.fifo`: in order per guild, retried for ever.

An observation that was accepted is dropped only with the process. Sending twice is harmless: SQS
removes equal deduplication ids for five minutes, and the event worker knows every join's identity.

What is unsent has a bound. Beyond it nothing is refused: whoever reads from Discord has to stop
(`full`) until there is `room`; Discord, or its records, tell it then.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode, split
from usher.ids import GuildId

MOST_BYTES: Final = 32 * 1024 * 1024
"""Unsent bodies from which the publisher is full: some 100,000 joins."""
ROOM: Final = 0.5
"""The part of that below which there is room again."""
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0
HURRIED_PAUSE: Final = 1.0
"""Seconds between tries: first, at most, and at most while a flush waits."""
COMPLAINT_EVERY: Final = 60.0

log = logging.getLogger(__name__)


class SendError(Exception):
    """A message was not accepted; `reason` is the error's name. It may be sent again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EventSender(Protocol):
    """Sends one message and waits until it is accepted."""

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        """Send; raises SendError."""


@dataclass(frozen=True, slots=True)
class _Message:
    id: str
    body: str
    since: float
    sent: Callable[[], None] | None
    """Called once it is sent; None but for the last part of an observation."""


class Publisher:
    """Sends observations from a small pool of threads, one at a time per guild.

    `most` is how many bytes may be unsent.
    """

    def __init__(
        self,
        sender: EventSender,
        threads: Executor,
        spread: Callable[[float, float], float] = random.uniform,
        most: int = MOST_BYTES,
    ) -> None:
        self._sender = sender
        self._threads = threads
        self._spread = spread
        self.most = most
        self._queues: dict[GuildId, deque[_Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._count = self._bytes = 0
        self._complained_at = float("-inf")
        self._hurry = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def unsent(self) -> int:
        """Messages not yet accepted by SQS."""
        return self._count

    def oldest_unsent_age(self) -> float:
        """Seconds since the oldest unsent message was handed in; 0 when there is none."""
        now = asyncio.get_running_loop().time()
        return max((now - queue[0].since for queue in self._queues.values()), default=0.0)

    def full(self) -> bool:
        """Whether nothing more should be read from Discord until there is room."""
        return not self._room.is_set()

    async def room(self) -> None:
        """Wait until there is room again."""
        await self._room.wait()

    def publish(
        self, observation: Observation, sent: Callable[[GuildId], None] = lambda _guild_id: None
    ) -> None:
        """Accept an observation and return at once. After `close`, nothing is sent any more.

        `sent` is told the guild when the observation has been accepted whole by the queue.
        """
        if self._closed:
            return
        now = asyncio.get_running_loop().time()
        parts = split(observation)
        for number, part in enumerate(parts, start=1):
            queue = self._queues.get(observation.guild_id)
            if queue is None:
                queue = self._queues[observation.guild_id] = deque()
                task = asyncio.create_task(self._drain(observation.guild_id, queue))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            told = partial(sent, observation.guild_id) if number == len(parts) else None
            queue.append(_Message(part.id, encode(part), now, told))
            self._count += 1
            self._bytes += len(queue[-1].body)
        self._idle.clear()
        if self._bytes >= self.most:
            self._room.clear()
            self._complain(now)

    async def flush(self, timeout: float) -> bool:  # noqa: ASYNC109 - a budget, not a cancellation
        """Wait until everything is sent, at most `timeout` seconds; tell whether it is."""
        self._hurry.set()
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        finally:
            self._hurry.clear()
        return True

    async def close(self) -> None:
        """Give up what is unsent, and whatever is still to come."""
        self._closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drain(self, guild_id: GuildId, queue: deque[_Message]) -> None:
        while queue:
            await self._send(guild_id, queue[0])
            message = queue.popleft()
            if message.sent is not None:
                message.sent()
            self._count -= 1
            self._bytes -= len(message.body)
            if self._bytes <= ROOM * self.most:
                self._room.set()
        del self._queues[guild_id]
        if not self._queues:
            self._idle.set()

    async def _send(self, guild_id: GuildId, message: _Message) -> None:
        """Try until SQS accepts the message."""
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            try:
                await loop.run_in_executor(
                    self._threads, self._sender.send, guild_id, message.id, message.body
                )
            except SendError as error:
                log.log(
                    logging.WARNING if pause in (FIRST_PAUSE, LONGEST_PAUSE) else logging.DEBUG,
                    "An observation of guild %s could not be sent (%s); it will be sent again.",
                    guild_id,
                    error.reason,
                    extra={"guild_id": guild_id, "observation_id": message.id},
                )
            except Exception:
                # A fault of ours must not hold the guild's later observations back for ever.
                log.exception("Sending an observation of guild %s failed.", guild_id)
            else:
                return
            await self._pause(self._spread(pause / 2, pause))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not long when somebody waits for a flush."""
        if seconds > HURRIED_PAUSE and not self._hurry.is_set():
            try:
                async with asyncio.timeout(seconds - HURRIED_PAUSE):
                    await self._hurry.wait()
            except TimeoutError:
                pass
        await asyncio.sleep(min(seconds, HURRIED_PAUSE))

    def _complain(self, now: float) -> None:
        if now - self._complained_at >= COMPLAINT_EVERY:
            self._complained_at = now
            log.error(
                "%d observations wait for the events queue; nothing more is read until it answers.",
                self._count,
                extra={"unsent": self._count},
            )
