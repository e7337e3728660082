"""Wherever the confirmer breaks off, the same is confirmed, nobody is forgotten, and it ends.

A day of confirmation requests in simulated time: the queue delivers what is due, and again, after
the visibility timeout, what was not done. Every call is tried, by an error and by a death.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

import pytest

from confirmer.batch import ConfirmerDoor
from tests.builders import GUILD, at, joined, look, observe, row
from tests.fakes.crash_world import SILENT, World
from tests.fakes.fifo import message
from tests.fakes.fuse import BREAKS, DiedError, Fuse, fused
from tests.fakes.logs import FakeMeter
from tests.fakes.members_search import FakeEvents, FakeGates, FakeMembersSearch
from tests.fakes.returning import FakeBack
from usher.attribution.backfill_ports import BackfillReport
from usher.attribution.confirming import LONGEST_DELAY, SCHEDULE
from usher.attribution.confirming_ports import SearchLimitedError, SearchRefusedError
from usher.attribution.confirming_service import ConfirmingService
from usher.contracts.backfill import BackfillStep
from usher.contracts.confirmation import ConfirmationRequest, encode_confirmation
from usher.contracts.observation import MemberSearched
from usher.contracts.recount import RecountStep
from usher.credit.recount_ports import RecountReport
from usher.ids import GuildId, UserId

VISIBILITY = timedelta(seconds=360)
"""Of the queue in template.yaml."""
MOST_RECEIVES = 10
"""Receives after which its queue gives a message up."""
MOST_DELIVERIES = 300
OTHER = GuildId("2")


type Sent = tuple[datetime, int, str, int]
"""A message: when it is due, its number, its body, and how often it was received."""


class NoBackfill:
    """Nothing is imported here."""

    def handle(self, step: BackfillStep) -> BackfillReport:
        raise AssertionError(step)

    def postpone(self, step: BackfillStep, seconds: float) -> BackfillReport:
        raise AssertionError(step, seconds)


class NoRecount:
    """Nobody is judged again here."""

    def handle(self, step: RecountStep) -> RecountReport:
        raise AssertionError(step)


@dataclass
class Day:
    """A confirmer with its queue, over a Discord whose index learns of members one by one."""

    fuse: Fuse = field(default_factory=Fuse)
    moods: list[object] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: at(12))
    discord: FakeMembersSearch = field(default_factory=FakeMembersSearch)
    events: FakeEvents = field(default_factory=FakeEvents)
    deliveries: int = 0

    def __post_init__(self) -> None:
        self._numbers = count()
        self._queue: list[Sent] = []
        self._known: list[tuple[datetime, Callable[[], None]]] = []
        self._gates = FakeGates()
        self.discord.moods = self.moods

    def learns(self, user: str, seconds: float, code: str | None, *, after: float) -> None:
        """Let the index know of a member who joined then, only some time after."""
        known_at = at(seconds + after)
        self._known.append((known_at, lambda: self.discord.join(user, at(seconds), code)))

    def send(self, requests: Sequence[tuple[ConfirmationRequest, int]]) -> None:
        """Take requests, one by one."""
        for request, delay in requests:
            assert 0 <= delay <= LONGEST_DELAY
            body = encode_confirmation(request)
            due = self.now + timedelta(seconds=delay)
            self.fuse.step("request", partial(self._put, due, body, 0))

    def _put(self, due: datetime, body: str, receives: int) -> None:
        heappush(self._queue, (due, next(self._numbers), body, receives))

    def run(self) -> "Day":
        """Deliver until nothing is left."""
        door = self._door()
        while self._queue:
            self.deliveries += 1
            assert self.deliveries < MOST_DELIVERIES, "asked for ever"
            self.now = max(self.now, self._queue[0][0])
            for known_at, learn in self._known:
                if known_at <= self.now:
                    learn()
            batch: list[Sent] = []
            while self._queue and self._queue[0][0] <= self.now and len(batch) < 10:
                batch.append(heappop(self._queue))
            for number in self._failed(door, batch):
                _, _, body, receives = batch[number]
                assert receives + 1 < MOST_RECEIVES, "given up by its queue"
                self._put(self.now + VISIBILITY, body, receives + 1)
        return self

    def _failed(self, door: ConfirmerDoor, batch: list[Sent]) -> list[int]:
        records = [{"messageId": str(n), "body": one[2]} for n, one in enumerate(batch)]
        try:
            answer = door.handle(records, lambda: 60_000)  # type: ignore[arg-type]  # a TypedDict
        except DiedError:
            return [*range(len(batch))]
        return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]

    def _door(self) -> ConfirmerDoor:
        service = ConfirmingService(
            gates=fused(self._gates, lambda: self.fuse),
            discord=fused(self.discord, lambda: self.fuse),
            events=fused(self.events, lambda: self.fuse),
            requests=self,
            clock=lambda: self.now,
        )
        return ConfirmerDoor(service, NoBackfill(), NoRecount(), SILENT, FakeMeter(), FakeBack())

    def confirmed(self) -> set[tuple[str, str, datetime, str | None]]:
        """What reached the event worker, however often and in whatever company."""
        return {
            (observation.guild_id, event.person.user_id, event.joined_at, event.code)
            for observation in self.events.sent
            for event in observation.events
            if isinstance(event, MemberSearched)
        }


def limited() -> list[object]:
    return [{"code": 110000, "retry_after": 7}, None, SearchLimitedError(3.0, everywhere=False)]


def refused() -> list[object]:
    return [None, SearchRefusedError(403, 50001), None, SearchLimitedError(30.0, everywhere=True)]


def day(fuse: Fuse, moods: list[object]) -> Day:
    """A few joins of two guilds, and a crowd; some never found."""
    made = Day(Fuse(), moods)
    for user, after in (("1", 3), ("2", 40), ("3", 700), ("4", 20_000), ("5", 90_000)):
        made.learns(user, 10, f"code{user}", after=after)
    crowd = [str(100 + n) for n in range(15)]
    for user in crowd[:-1]:
        made.learns(user, 11, "crowd", after=60)
    few = tuple((UserId(user), at(10)) for user in "12345")
    many = tuple((UserId(user), at(11)) for user in crowd)
    start, due = at(12), at(12) + SCHEDULE[0]
    requests = [
        ConfirmationRequest(GUILD, "A guild", few, 1, start, due),
        ConfirmationRequest(GUILD, "A guild", many, 1, start, due),
        ConfirmationRequest(OTHER, "Another", ((UserId("1"), at(10)),), 1, start, due),
    ]
    made.send([(request, 5) for request in requests])
    made.fuse = fuse
    return made


@pytest.mark.parametrize(("before", "error"), BREAKS)
@pytest.mark.parametrize("moods", [list, limited, refused])
def test_breaking_off_at_any_call_confirms_the_same(
    moods: Callable[[], list[object]], before: bool, error: type[BaseException]
) -> None:
    # Given a day undisturbed, in which all are found that Discord's index ever learnt of in time
    whole = day(Fuse(), moods()).run()
    expected = whole.confirmed()
    assert {user for _, user, _, _ in expected} == {*"1234", *(str(100 + n) for n in range(14))}
    assert {"read", "search", "send", "request"} <= set(whole.fuse.log)

    for step in range(1, whole.fuse.steps + 1):
        broken = day(Fuse(step, before, error), moods()).run()

        name = f"{step}: {whole.fuse.log[step - 1]}"
        assert broken.confirmed() == expected, name
        # what is asked twice is a question or two, not a second schedule for ever
        assert broken.deliveries <= 2 * whole.deliveries + 2, name


@pytest.mark.parametrize("seed", range(10))
def test_a_day_of_deaths_still_ends_and_credits_everybody_once(seed: int) -> None:
    whole = day(Fuse(), []).run()
    broken = day(_Often(rng=Random(seed)), []).run()  # noqa: S311 - chooses steps, guards nothing

    assert broken.confirmed() == whole.confirmed()
    # Told again with more than before, an answer has another id: the worker knows it all the same.
    assert credited(broken) == credited(whole)
    assert credited(whole) == {"900": 18}


@dataclass
class _Often(Fuse):
    """Dies at one step of twenty."""

    rng: Random = field(default_factory=Random)

    def _burn(self, name: str, number: int) -> None:
        if self.rng.random() < 0.05:
            raise DiedError(name)


def credited(confirmer: Day) -> dict[UserId, int]:
    """What inviters have when the event worker has processed all that it was told."""
    world = World()
    users = [*"12345", *(str(100 + n) for n in range(15))]
    joins = [joined(user, 10 if int(user) < 100 else 11) for user in users]
    start = observe(look=look(row("abc", 3), seconds=-700), seconds=-700)
    told = [sent for sent in confirmer.events.sent if sent.guild_id == GUILD]
    world.play(map(message, (start, observe(*joins), *told)))
    assert world.credit() == world.credit_of_lines()
    return world.credit()
