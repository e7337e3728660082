"""A Discord that counts calls, processes that make them, and a clock that is moved."""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.fakes.limits import FakeShared, TableDownError
from tests.fakes.logs import LogBook
from usher.limits.pacing import Steady
from usher.limits.ports import Pace
from usher.limits.rules import Answer, lane_of
from usher.limits.service import Limiter, Turn, Wait
from usher.limits.switch import Switch, Table

START = 1_800_000_000.0

type Steps = Generator[float]
"""A process: what it yields are seconds until it goes on."""


@dataclass
class Time:
    """A clock, and what is to happen."""

    now: float = START
    _heap: list[tuple[float, int, Steps]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def begin(self, steps: Steps, after: float = 0.0) -> None:
        heapq.heappush(self._heap, (self.now + after, next(self._order), steps))

    def run(self, until: float = float("inf")) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, steps = heapq.heappop(self._heap)
            pause = next(steps, None)
            if pause is not None:
                self.begin(steps, max(0.0, pause))


@dataclass
class Bucket:
    """A window of Discord's, which begins with its first call."""

    ends: float = 0.0
    used: int = 0


@dataclass
class LimitedDiscord:
    """Counts calls by bucket and for the whole bot."""

    limit: int
    window: float
    time: Time
    whole: int | None = None
    """Calls a second of everybody."""
    names: Callable[[str], str] = lambda route: f"<{route}>"
    """The bucket of a route."""
    answers: list[Answer] = field(default_factory=list)
    """Given instead, in turn."""
    calls: list[tuple[float, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """429s by bucket."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    everything: Bucket = field(default_factory=Bucket)

    def call(self, method: str, path: str) -> Answer:
        now, lane = self.time.now, lane_of(method, path)
        self.calls.append((now, path))
        if self.answers:
            return self.answers.pop(0)
        if self.whole is not None and not self._count(self.everything, self.whole, 1.0):
            self.refused["*"] += 1
            return Answer(429, retry_after=self.everything.ends - now, everywhere=True)
        name = self.names(lane.route)
        bucket = self.buckets.setdefault(f"{name}|{lane.major}", Bucket())
        allowed = self._count(bucket, self.limit, self.window)
        left, wait = max(0, self.limit - bucket.used), bucket.ends - now
        if allowed:
            return Answer(200, name, self.limit, left, wait)
        self.refused[f"{name}|{lane.major}"] += 1
        return Answer(429, name, self.limit, 0, wait, retry_after=wait)

    def _count(self, bucket: Bucket, limit: int, window: float) -> bool:
        if self.time.now >= bucket.ends:
            bucket.ends, bucket.used = self.time.now + window, 0
        bucket.used += 1
        return bucket.used <= limit


@dataclass
class Fleet:
    """Processes that call one Discord, each with a limiter of its own."""

    discord: LimitedDiscord
    time: Time
    shared: FakeShared = field(default_factory=FakeShared)
    log: LogBook = field(default_factory=LogBook)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    done: list[str] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    def clock(self) -> float:
        return self.time.now

    def table(self) -> Table:
        return Table(self.shared, self.clock, self.log.logger, (TableDownError,))

    def limiter(self, pace: Pace | None = None) -> Limiter:
        table = self.table()
        return Limiter(table, Switch(table, self.log.logger), pace or Steady(1000), self.clock)

    def work(
        self, jobs: Sequence[tuple[str, str]], limiter: Limiter | None = None, after: float = 0.0
    ) -> Limiter:
        """Have a process make calls one after another, each until it is done."""
        used = limiter or self.limiter()
        self.time.begin(self._steps(jobs, used), after)
        return used

    def _steps(self, jobs: Sequence[tuple[str, str]], limiter: Limiter) -> Steps:
        for method, path in jobs:
            status = 0
            while not 200 <= status < 300:
                found = limiter.ask(method, path)
                if isinstance(found, Wait):
                    self.waits.append(found)
                    yield found.seconds + 0.001
                    continue
                yield from self._called(method, path, found, limiter)
                status = self._last.status
            self.done.append(path)

    def _called(self, method: str, path: str, turn: Turn, limiter: Limiter) -> Steps:
        yield self.chance.uniform(0.01, 0.1)
        answer = self.discord.call(method, path)
        yield self.chance.uniform(0.01, 0.1)
        limiter.tell(turn, answer)
        self._last = answer
