"""A recount with everything around it in memory: the queue of steps, and the event worker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import GUILD, at
from tests.fakes.backfill import FakeProgress
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.touched import observation_event_id
from usher.contracts.backfill import decode_request
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode, encode
from usher.contracts.recount import RecountStep, encode_recount
from usher.credit.fake import Rules, version_of
from usher.credit.recount_service import RecountService
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId

ADMIN = UserId("42")
VISIBILITY = timedelta(seconds=360)


@dataclass
class Recounter:
    """Runs steps as their time comes; one that broke off comes again. All calls burn one fuse."""

    worker: Worker = field(default_factory=Worker)
    fuse: Fuse = field(default_factory=Fuse)
    progress: FakeProgress = field(default_factory=FakeProgress)
    steps: list[tuple[RecountStep, int]] = field(default_factory=list)
    events: list[Observation] = field(default_factory=list)
    sent: list[Observation] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: at(3600))
    working: bool = True
    """The event worker runs."""
    broken: int = 0

    @property
    def guilds(self) -> FakeGuilds:
        assert isinstance(self.worker.guilds, FakeGuilds)
        return self.worker.guilds

    @property
    def service(self) -> RecountService:
        return RecountService(self, _Queue(self), _Steps(self), self.progress, lambda: self.now)

    def rules(self, guild_id: GuildId) -> Rules:
        return self.guilds.rules(guild_id)

    def page(
        self, guild_id: GuildId, after: UserId | None, limit: int
    ) -> Sequence[tuple[UserId, MemberRecord]]:
        held = self.guilds.guilds[guild_id].members
        users = sorted(user for user in held if after is None or user > after)
        return [(user, held[user].now) for user in users[:limit]]

    def guild_name(self, guild_id: GuildId) -> str:
        return self.guilds.guilds[guild_id].name

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        return observation_event_id(guild_id, observation_id) in self.guilds.marks

    def command(self, run: str = "1001") -> None:
        """Put the first step of a run in the queue."""
        rules = version_of(self.rules(GUILD))
        until = self.now + timedelta(minutes=14)
        step = RecountStep(GUILD, run, ADMIN, rules, self.now, token="t", token_until=until)
        self.steps.append((step, 3))

    def run(self, most: int = 1000) -> int:
        """Let steps come until there are none left; return how many came."""
        for number in range(most):
            if not self.steps:
                return number
            self.one()
        return most

    def one(self) -> None:
        """Let the next step come, and the worker take what is in its queue."""
        step, delay = self.steps.pop(0)
        self.now += timedelta(seconds=delay)
        try:
            self.service.handle(step)
        except BrokenOffError:
            self.broken += 1
            self.now += VISIBILITY
            self.steps.append((step, 1))
        while self.working and self.events:
            self.worker.handle(self.events.pop(0))


@dataclass
class _Queue:
    world: Recounter

    def send(self, observation: Observation) -> None:
        assert decode(encode(observation)) == observation

        def act() -> None:
            self.world.sent.append(observation)
            self.world.events.append(observation)

        self.world.fuse.step("event", act)


@dataclass
class _Steps:
    world: Recounter

    def send(self, step: RecountStep, delay: int) -> None:
        assert 0 <= delay <= 900
        assert decode_request(encode_recount(step)) == step
        self.world.fuse.step("step", lambda: self.world.steps.append((step, delay)))
