"""A backfill with everything around it in memory: Discord, the queue of steps, the event worker."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import GUILD, at
from tests.fakes.backfill import FakeBackfills, FakeProgress, FakeSteps
from tests.fakes.fuse import BrokenOffError, DiedError, Fuse, fused
from tests.fakes.guilds import FakeGuilds
from tests.fakes.members_search import FakeGates, FakeMembersSearch
from tests.fakes.worker import Worker
from usher.attribution.backfill_service import BackfillService
from usher.attribution.backfill_state import Backfill
from usher.attribution.touched import observation_event_id
from usher.contracts.backfill import BackfillStep
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode, encode
from usher.credit.rules import MemberRecord
from usher.ids import UserId

ADMIN, TOKEN = UserId("42"), "a token"
VISIBILITY = 360.0


@dataclass
class Fifo:
    """Implements Events: what is sent waits until the worker takes it."""

    waiting: list[Observation] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def send(self, observation: Observation) -> None:
        if observation.id not in self.seen:
            self.seen.add(observation.id)
            self.waiting.append(decode(encode(observation)))


@dataclass
class Importer:
    """Runs messages as their time comes; a message that broke off comes again.

    Every call of every adapter is a step of the fuse.
    """

    fuse: Fuse = field(default_factory=Fuse)
    worker: Worker = field(default_factory=Worker)
    discord: FakeMembersSearch = field(default_factory=FakeMembersSearch)
    gates: FakeGates = field(default_factory=FakeGates)
    backfills: FakeBackfills = field(default_factory=FakeBackfills)
    steps: FakeSteps = field(default_factory=FakeSteps)
    progress: FakeProgress = field(default_factory=FakeProgress)
    events: Fifo = field(default_factory=Fifo)
    now: datetime = field(default_factory=lambda: at(3600))
    working: bool = True
    """The event worker runs."""
    broken: int = 0

    def __post_init__(self) -> None:
        self.backfills.known = self._record
        self.backfills.done = lambda id_: observation_event_id(GUILD, id_) in self.guilds.marks

    @property
    def guilds(self) -> FakeGuilds:
        assert isinstance(self.worker.guilds, FakeGuilds)
        return self.worker.guilds

    @property
    def service(self) -> BackfillService:
        return BackfillService(
            backfills=fused(self.backfills, lambda: self.fuse),
            gates=fused(self.gates, lambda: self.fuse),
            discord=fused(self.discord, lambda: self.fuse),
            events=fused(self.events, lambda: self.fuse),
            steps=fused(self.steps, lambda: self.fuse),
            progress=fused(self.progress, lambda: self.fuse),
            clock=lambda: self.now,
        )

    @property
    def row(self) -> Backfill:
        return self.backfills.rows[GUILD]

    def _record(self, user: UserId) -> MemberRecord | None:
        guild = self.guilds.guilds.get(GUILD)
        held = guild.members.get(user) if guild else None
        return held.now if held else None

    def command(self, run: str = "1001", user: str | None = None, most: int | None = None) -> None:
        """Put the first step of a run in the queue."""
        step = BackfillStep(
            GUILD,
            run,
            self.now,
            user_id=None if user is None else UserId(user),
            started_by=ADMIN if most is None else None,
            most=most,
            token=TOKEN if most is None else None,
            token_until=self.now + timedelta(minutes=14) if most is None else None,
        )
        self.steps.waiting.append((step, 3))

    def run(self, messages: int = 1000) -> int:
        """Let messages come until there are none left; return how many came."""
        for number in range(messages):
            if not self.steps.waiting:
                return number
            self.one()
        return messages

    def one(self) -> None:
        """Let the next message come, and the worker take what is in its queue."""
        step, delay = self.steps.waiting.pop(0)
        self.now += timedelta(seconds=delay)
        try:
            self.service.handle(step)
        except (BrokenOffError, DiedError):
            self.broken += 1
            self.now += timedelta(seconds=VISIBILITY)
            self.steps.waiting.append((step, 1))
        if self.working:
            self.drain()

    def drain(self) -> None:
        """Let the event worker work its queue off."""
        while self.events.waiting:
            self.worker.handle(self.events.waiting.pop(0))

    def outcome(self) -> dict[str, object]:
        """What was recorded, apart from when."""
        guild = self.guilds.guilds[GUILD]
        return {
            "lines": {key.rpartition("/")[2] for key in self.worker.objects.under("lines")},
            "members": {user: held.now for user, held in guild.members.items()},
            "counters": guild.counters,
            "accuracy": guild.accuracy,
        }
