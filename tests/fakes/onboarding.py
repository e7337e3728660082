"""Onboardings in memory: the table's side, Discord's side, and everything around the services."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import cast

from tests.builders import GUILD, at
from tests.fakes.fuse import Fuse, fused
from tests.fakes.greeting import FakeGreetingRecords, FakePeople
from tests.fakes.objects import FakeObjects, Inline
from tests.fakes.presses import FakePressStore
from tests.fakes.referrals import FakeReferrals
from tests.fakes.rewards import ADMINS, FakeHall, FakeOrders, FakeRewardRows
from usher.contracts.effect import CountReferral, Effect, MendRank, decode_effect, encode_effect
from usher.contracts.onboarding_effects import FollowOnboarding, OfferOnboarding
from usher.funnel.ports import Arrival
from usher.greeting.drafts import Drafts as GreetingDrafts
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.giving import RoleGiving
from usher.onboarding.model import Answers, Draft, Session, Stay
from usher.onboarding.office import Office
from usher.onboarding.ports import Lobby, Room
from usher.onboarding.settling import Settling
from usher.onboarding.shelf import Answers as Shelf
from usher.onboarding.welcoming import Welcoming
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import StaleError
from usher.rewards.settings import RewardSettings
from usher.rewards.trouble import Trouble
from usher.slash.presses import Presses
from usher.slash.replies import Json
from usher.times import format_time

SYSTEM = ChannelId("500")
GENERAL = ChannelId("501")


@dataclass
class FakeSessions:
    """Implements Sessions."""

    held: dict[Stay, Session] = field(default_factory=dict)

    def find(self, stay: Stay) -> Session | None:
        return self.held.get(stay)

    def latest(self, guild_id: GuildId, user_id: UserId) -> Session | None:
        mine = [one for one in self.held if (one.guild_id, one.user_id) == (guild_id, user_id)]
        return self.held[max(mine)] if mine else None

    def open(self, session: Session) -> Session:
        bare = Session(
            session.stay, session.campaign_id, session.way, session.opened_at, session.link
        )
        return self.held.setdefault(session.stay, bare)

    def follow(self, stay: Stay, campaign_id: CampaignId, link: LinkCode | None) -> None:
        self.held[stay] = replace(self.held[stay], campaign_id=campaign_id, link=link)

    def offered(self, stay: Stay, where: str, at: datetime) -> None:
        one = self.held[stay]
        if one.offered_at is None:
            self.held[stay] = replace(one, offered=where, offered_at=at)

    def started(self, stay: Stay, at: datetime) -> None:
        one = self.held[stay]
        self.held[stay] = replace(one, started_at=one.started_at or at)

    def completed(self, stay: Stay, fields: int, at: datetime) -> None:
        one = self.held[stay]
        if one.completed_at is None:
            self.held[stay] = replace(one, completed_at=at, fields=fields)

    def settled(
        self, stay: Stay, given: Collection[RoleId], owed: Collection[RoleId], at: datetime
    ) -> None:
        one = self.held[stay]
        self.held[stay] = replace(
            one, given=tuple(given), owed=tuple(owed), settled_at=one.settled_at or at
        )

    def every(self, guild_id: GuildId) -> Iterable[Session]:
        return [self.held[stay] for stay in sorted(self.held) if stay.guild_id == guild_id]


@dataclass
class FakeDrafts:
    """Implements Drafts; `stale` calls find that somebody was faster."""

    held: dict[Stay, Draft] = field(default_factory=dict)
    stale: int = 0

    def draft(self, stay: Stay) -> Draft:
        return self.held.get(stay, Draft())

    def keep(self, stay: Stay, answers: Answers, before: Draft, until: datetime) -> None:
        assert until.tzinfo is not None
        if self.stale or self.draft(stay).version != before.version:
            self.stale = max(0, self.stale - 1)
            raise StaleError
        self.held[stay] = Draft(dict(answers), before.version + 1)

    def drop(self, stay: Stay) -> None:
        self.held.pop(stay, None)

    def forget(self, guild_id: GuildId, user_id: UserId) -> None:
        gone = [one for one in self.held if (one.guild_id, one.user_id) == (guild_id, user_id)]
        for stay in gone:
            del self.held[stay]


@dataclass
class FakeArrivals:
    """Implements Arrivals."""

    held: dict[UserId, Arrival] = field(default_factory=dict)

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        del guild_id
        return self.held.get(user_id)


@dataclass
class FakeOutcomes:
    """Implements Outcomes."""

    held: dict[tuple[GuildId, str], tuple[str, str]] = field(default_factory=dict)

    def keep(self, guild_id: GuildId, asked: str, outcome: str, where: str, at: datetime) -> None:
        del at
        self.held[guild_id, asked] = outcome, where

    def find(self, guild_id: GuildId, asked: str) -> tuple[str, str] | None:
        return self.held.get((guild_id, asked))


@dataclass
class FakeRecorder:
    """Implements Recorder: each step once a membership."""

    begun: dict[Stay, tuple[datetime, LinkCode | None]] = field(default_factory=dict)
    conversions: dict[Stay, tuple[Decimal, Mapping[str, str | int], LinkCode | None]] = field(
        default_factory=dict
    )

    told: dict[Stay, Session] = field(default_factory=dict)
    joined: bool = True
    """Whether the join is on record."""

    def qualified(self, session: Session, at: datetime) -> None:
        assert at.tzinfo is not None
        self.told[session.stay] = session

    def started(self, stay: Stay, at: datetime, claimed: LinkCode | None) -> None:
        self.begun.setdefault(stay, (at, claimed))

    def converted(
        self,
        stay: Stay,
        at: datetime,
        value: Decimal,
        metadata: Mapping[str, str | int],
        claimed: LinkCode | None,
    ) -> bool:
        assert at.tzinfo is not None
        if self.joined:
            self.conversions.setdefault(stay, (value, dict(metadata), claimed))
        return self.joined


@dataclass
class FakeDoor:
    """Implements Door as Discord does: a nonce posts once in a channel."""

    system: ChannelId | None = SYSTEM
    rooms: list[Room] = field(
        default_factory=lambda: [Room(SYSTEM, "lobby", 3, writable=True, visible=True)]
    )
    refusing: set[ChannelId] = field(default_factory=set)
    closed: bool = False
    posted: dict[tuple[str, str], Json] = field(default_factory=dict)
    """What was said, by where and by its id."""

    def lobby(self, guild_id: GuildId, newcomer: Collection[RoleId]) -> Lobby:
        del guild_id, newcomer
        return Lobby("A *guild*", self.system, tuple(self.rooms))

    def say(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> bool:
        del guild_id
        if channel_id in self.refusing:
            return False
        self.posted.setdefault((channel_id, message_id), body)
        return True

    def say_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        if not self.closed:
            self.posted.setdefault((f"@{user_id}", message_id), body)
        return not self.closed

    @property
    def where(self) -> list[str]:
        return [place for place, _ in self.posted]


@dataclass
class Stage:
    """Everything around the effects door's onboardings."""

    sessions: FakeSessions = field(default_factory=FakeSessions)
    arrivals: FakeArrivals = field(default_factory=FakeArrivals)
    referrals: FakeReferrals = field(default_factory=FakeReferrals)
    people: FakePeople = field(default_factory=FakePeople)
    door: FakeDoor = field(default_factory=FakeDoor)
    kept: FakePressStore = field(default_factory=FakePressStore)
    outcomes: FakeOutcomes = field(default_factory=FakeOutcomes)
    recorder: FakeRecorder = field(default_factory=FakeRecorder)
    rows: FakeRewardRows = field(
        default_factory=lambda: FakeRewardRows(RewardSettings(admin_channel_id=ADMINS))
    )
    hall: FakeHall = field(default_factory=FakeHall)
    orders: FakeOrders = field(default_factory=FakeOrders)
    now: datetime = field(default_factory=lambda: at(20))
    fuse: Fuse = field(default_factory=Fuse)
    tokens: int = 0

    def do(self, effect: Effect) -> None:
        """Do one effect as it comes out of the queue."""
        office = self._office()
        match decode_effect(encode_effect(effect)):
            case CountReferral(guild_id=guild_id, user_id=user_id):
                office.look(guild_id, user_id)
            case FollowOnboarding() as order:
                office.follow(order)
            case OfferOnboarding() as order:
                office.offer(order)
            case MendRank() as order:
                office.mend(order)
            case other:
                raise AssertionError(other)

    def settle(self) -> None:
        """Do what waits until nothing does."""
        while self.orders.waiting:
            self.do(self.orders.waiting[0])
            self.orders.waiting.pop(0)

    def mend(self, key: str) -> None:
        """Let the clock have a problem looked at."""
        due_at = self.rows.open[key].due_at
        assert due_at is not None
        self.do(MendRank("m", GUILD, key, format_time(due_at)))
        self.settle()

    def told(self) -> list[str]:
        """What admins were told."""
        return self.hall.said(ADMINS)

    def _office(self) -> Office:
        rows, hall = self._fused(self.rows), self._fused(self.hall)
        orders, sessions = self._fused(self.orders), self._fused(self.sessions)
        trouble = Trouble(rows, hall, orders, lambda: self.now)
        drafts = GreetingDrafts(FakeGreetingRecords(), self.people)
        giving = RoleGiving(rows, hall, trouble, sessions, orders, lambda: self.now)
        welcoming = Welcoming(
            sessions=sessions,
            arrivals=self._fused(self.arrivals),
            referrals=self._fused(self.referrals),
            drafts=drafts,
            people=self._fused(self.people),
            door=self._fused(self.door),
            presses=Presses(self._fused(self.kept), self._token),
            problems=trouble,
            orders=orders,
            outcomes=self._fused(self.outcomes),
            clock=lambda: self.now,
        )
        settling = Settling(
            sessions=sessions,
            referrals=self._fused(self.referrals),
            recorder=self._fused(self.recorder),
            giving=giving,
            discord=hall,
            settings=rows,
            silent=trouble.silent,
            clock=lambda: self.now,
        )
        return Office(welcoming, settling, giving)

    def _token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens}"

    def _fused[T](self, adapter: T) -> T:
        return fused(adapter, lambda: self.fuse)


def shelf(objects: FakeObjects) -> Shelf:
    return Shelf(objects, Inline())


def sent(orders: FakeOrders) -> Sequence[FollowOnboarding]:
    """What the doors have asked the effects function for."""
    return cast("Sequence[FollowOnboarding]", orders.waiting)
