"""In whatever order joins and conversions come: of a burst all are held, and nobody else is."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyEvidence, FakeJourneyRows, FakeTeller
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.property.test_funnel import recount
from tests.referring import link
from usher.contracts.effect import CountReferral, TellHeld
from usher.funnel.holds import EVERY, write_set
from usher.funnel.judging import TableJudge
from usher.funnel.model import Journey, Standing, Trace
from usher.funnel.noticing import HoldNotices
from usher.funnel.ports import Arrival, Converted, Review
from usher.funnel.service import Journeys
from usher.funnel.signals import AROUND
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import LinkCode
from usher.times import format_time

BURST = 4
VISITOR = 3
LINKS = [LinkCode("link-a"), LinkCode("link-b")]
OLD = 53908232506183680
LIMITS = write_set({"burst": BURST, "visitor": VISITOR, "young": 0, "fast": 0, "own": 0})


@dataclass
class FusedTeller(FakeTeller):
    """Breaks off where the fuse says."""

    fuse: Fuse = field(default_factory=Fuse)

    def conversion_recorded(self, journey: Journey) -> None:
        self.fuse.step("record", lambda: FakeTeller.conversion_recorded(self, journey))

    def conversion_withdrawn(self, journey: Journey) -> None:
        self.fuse.step("withdraw", lambda: FakeTeller.conversion_withdrawn(self, journey))


@dataclass
class FusedRows(FakeJourneyRows):
    """Breaks off where the fuse says."""

    fuse: Fuse = field(default_factory=Fuse)

    def save(self, before: Journey, after: Journey, trace: Trace) -> None:
        self.fuse.step("save", lambda: FakeJourneyRows.save(self, before, after, trace))


@dataclass
class Admins:
    """Implements Admins."""

    heard: dict[str, str] = field(default_factory=dict)

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        self.heard[message_id] = sentence
        return True


class World:
    """A link's joins, conversions, corrections and reviews, all told again and broken off."""

    def __init__(self, draw: random.Random) -> None:
        self.draw, self.now = draw, at(0)
        self.fuse = Fuse()
        links = {code: link(code=code) for code in LINKS}
        self.rows = FusedRows(links=links, fuse=self.fuse)
        self.evidence = FakeJourneyEvidence(settings={EVERY: LIMITS}, rows=self.rows)
        self.teller = FusedTeller(fuse=self.fuse)
        self.approved: set[UserId] = set()
        self.judge = TableJudge(self.evidence)
        self.journeys = Journeys(self.rows, self.judge, self.teller, lambda: self.now)
        self.admins = Admins()

    def happen(self) -> None:
        self.now += timedelta(seconds=self.draw.randint(0, 120))
        self.rows.stale = self.draw.choice([0, 0, 0, 1, 2])
        what = (self._join, self._join, self._convert, self._convert, self._correct)
        self.draw.choice((*what, self._again, self._review, self._tell))()
        self.rows.stale = 0

    def _broken(self, do: Callable[[], object]) -> None:
        """Break off somewhere, and do it again as a queue would."""
        before = self.draw.random() < 0.5
        self.fuse.steps, self.fuse.at = 0, self.draw.choice([0, 0, 1, 2, 3])
        self.fuse.before = before
        try:
            do()
        except BrokenOffError:
            self.fuse.at = 0
            do()
        self.fuse.at = 0

    def _member(self) -> UserId | None:
        known = sorted(self.rows.arrivals)
        return self.draw.choice(known) if known else None

    def _check(self, member: UserId) -> None:
        self._broken(lambda: self.journeys.check(CountReferral("r", GUILD, member)))

    def _join(self) -> None:
        member = UserId(str(OLD + len(self.rows.arrivals)))
        code = self.draw.choice([*LINKS, None])
        invite = InviteCode(f"i{member}")
        self.rows.arrivals[member] = Arrival(self.now, None, code, invite)
        visitor = f"v{self.draw.randint(1, 9)}"
        for one in LINKS:
            self.rows.traces[one, invite] = Trace(visitor=visitor)
        self._check(member)

    def _convert(self) -> None:
        if (member := self._member()) is not None:
            step = Converted(GUILD, member, self.now, Decimal(1))
            self._broken(lambda: self.journeys.converted(step))

    def _correct(self) -> None:
        if (member := self._member()) is not None:
            held = self.rows.arrivals[member]
            code = self.draw.choice([*LINKS, None])
            self.rows.arrivals[member] = replace(held, link=code)
            self._check(member)

    def _again(self) -> None:
        if (member := self._member()) is not None:
            self._check(member)

    def _review(self) -> None:
        waiting = self.rows.held(GUILD, None, 99)
        if not waiting:
            return
        one = self.draw.choice(waiting)
        approve = self.draw.random() < 0.7
        word = Review(GUILD, one.user_id, one.joined_at, UserId("9"), self.now, approve)
        self._broken(lambda: self.journeys.review(word))
        if approve:
            self.approved.add(one.user_id)

    def _tell(self) -> None:
        notice = self.rows.notice(GUILD)
        if notice is not None:
            order = TellHeld("t", GUILD, format_time(notice.due_at))
            notices = HoldNotices(self.rows, self.journeys, self.admins, lambda: self.now)
            self._broken(lambda: notices.tell(order))

    def settled(self) -> list[Journey]:
        while (notice := self.rows.notice(GUILD)) is not None and notice.owing:
            self._tell()
        return list(self.rows.kept.values())


def joins_around(one: Journey, every: list[Journey]) -> int:
    return sum(
        other.place is not None
        and other.place.link == (one.place.link if one.place else None)
        and abs(other.joined_at - one.joined_at) <= AROUND
        for other in every
    )


def distinct(told: list[Journey]) -> set[tuple[UserId, int]]:
    """Leave out what receivers know to be the same."""
    return {(one.user_id, one.conversion.told) for one in told if one.conversion}


def check(world: World) -> None:
    every = world.settled()
    believed = Counter(user for user, _ in distinct(world.teller.told))
    believed.subtract(user for user, _ in distinct(world.teller.withdrawn))
    for one in every:
        won = one.conversion
        if won is None or one.place is None:
            continue
        visitor = world.rows.trace(one.place.link, one.user_id, one.invite).visitor
        if won.standing is Standing.COUNTED:
            assert joins_around(one, every) < BURST
            assert not one.invite or len(world.evidence.converted[visitor]) < VISITOR
        if one.user_id in world.approved:
            assert won.standing is Standing.APPROVED
    for code in LINKS:
        placed = [one for one in every if one.place and one.place.link == code]
        assert world.rows.steps(code) == recount(placed)
    told = {one.user_id: one.conversion for one in every if one.conversion and one.place}
    assert {user: bool(believed[user]) for user in told} == {
        user: won.counts for user, won in told.items()
    }
    assert set(believed.values()) <= {0, 1}
    waiting = world.rows.waiting(GUILD)
    assert not waiting or world.rows.notice(GUILD) is not None


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_of_a_burst_all_are_held(seed: int) -> None:
    world = World(random.Random(seed))  # noqa: S311 - a simulation

    for _ in range(60):
        world.happen()
    check(world)
