"""Ranks and milestones in memory: the table's side, Discord's side, and their queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.builders import GUILD, START
from tests.fakes.fuse import Fuse, fused
from tests.fakes.staff import FakeStaff
from usher.contracts.effect import (
    CheckStanding,
    Effect,
    MendRank,
    SweepStandings,
    decode_effect,
    encode_effect,
)
from usher.credit.queries import Tally
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.rewards.hierarchy import MANAGE_ROLES, Hall, Obstacle, Role
from usher.rewards.milestones import Day
from usher.rewards.ports import Holder, Inviters
from usher.rewards.problems import Problem
from usher.rewards.queries import Achievement
from usher.rewards.settings import RewardSettings, Setting, read_settings
from usher.rewards.standing import Standings
from usher.rewards.trouble import Trouble
from usher.times import format_time

OWN = UserId("42")
OWNER = UserId("1")
OWN_ROLE = RoleId("100")
ADMINS = ChannelId("900")
MILESTONES = ChannelId("901")


@dataclass
class FakeRewardReads:
    """Implements RewardReads on the settings that commands change."""

    staff: FakeStaff
    achievements_of: dict[UserId, tuple[Achievement, ...]] = field(default_factory=dict)
    lasting: tuple[Problem, ...] = ()

    def settings(self, guild_id: GuildId) -> RewardSettings:
        held = self.staff.settings
        return read_settings(
            {
                name: Setting(value, at)
                for (guild, name), (value, _, at) in held.items()
                if guild == guild_id
            }
        )

    def achievements(self, guild_id: GuildId, user_id: UserId) -> tuple[Achievement, ...]:
        del guild_id
        return self.achievements_of.get(user_id, ())

    def problems(self, guild_id: GuildId) -> tuple[Problem, ...]:
        del guild_id
        return self.lasting


@dataclass
class FakeRewardRows:
    """Implements Rows, in one guild."""

    configured: RewardSettings = field(default_factory=RewardSettings)
    tallies: dict[UserId, Tally] = field(default_factory=dict)
    on_days: dict[UserId, list[Day]] = field(default_factory=dict)
    achievements_of: dict[UserId, dict[str, datetime]] = field(default_factory=dict)
    appointments: dict[UserId, str] = field(default_factory=dict)
    open: dict[str, Problem] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)

    def settings(self, guild_id: GuildId) -> RewardSettings:
        del guild_id
        return self.configured

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally | None:
        del guild_id
        return self.tallies.get(user_id)

    def days(self, guild_id: GuildId, user_id: UserId) -> Sequence[Day]:
        del guild_id
        return self.on_days.get(user_id, [])

    def inviters(self, guild_id: GuildId, after: str | None, limit: int) -> Inviters:
        del guild_id
        ordered = sorted(self.tallies, key=lambda user: (-self.tallies[user].effective, user))
        start = int(after or 0)
        more = len(ordered) > start + limit
        return Inviters(tuple(ordered[start : start + limit]), str(start + limit) if more else None)

    def achieved(self, guild_id: GuildId, user_id: UserId) -> frozenset[str]:
        del guild_id
        return frozenset(self.achievements_of.get(user_id, ()))

    def record(self, guild_id: GuildId, user_id: UserId, name: str, at: datetime) -> None:
        del guild_id
        self.achievements_of.setdefault(user_id, {}).setdefault(name, at)

    def appointment(self, guild_id: GuildId, user_id: UserId) -> str | None:
        del guild_id
        return self.appointments.get(user_id)

    def appoint(self, guild_id: GuildId, user_id: UserId, at: datetime | None) -> None:
        del guild_id
        self.appointments.pop(user_id, None)
        if at is not None:
            self.appointments[user_id] = format_time(at)

    def problem(self, guild_id: GuildId, key: str) -> tuple[Problem | None, int]:
        del guild_id
        return self.open.get(key), self.mended.get(key, 0)

    def keep(self, guild_id: GuildId, problem: Problem) -> None:
        del guild_id
        self.open[problem.key] = replace(problem, number=self.mended.get(problem.key, 0))

    def close(self, guild_id: GuildId, problem: Problem) -> None:
        del guild_id
        self.open.pop(problem.key, None)
        self.mended[problem.key] = problem.number + 1


def role(role_id: str, position: int, permissions: int = 0, *, managed: bool = False) -> Role:
    return Role(RoleId(role_id), f"role {role_id}", position, permissions, managed)


@dataclass
class FakeHall:
    """Implements Discord and Halls: a guild whose bot has the role `OWN_ROLE` at position 50."""

    roles: dict[RoleId, Role] = field(default_factory=dict)
    members: dict[UserId, Holder] = field(default_factory=dict)
    messages: dict[str, tuple[ChannelId, str]] = field(default_factory=dict)
    mentioned: dict[str, UserId | None] = field(default_factory=dict)
    silent: set[ChannelId] = field(default_factory=set)
    refusing: bool = False
    calls: list[str] = field(default_factory=list)
    inside: bool = True
    remembered: dict[RoleId, Role] = field(default_factory=dict)
    """Roles as of seconds ago, where they differ."""

    def __post_init__(self) -> None:
        self.put(role(GUILD, 0), role(OWN_ROLE, 50, MANAGE_ROLES, managed=True))

    def put(self, *roles: Role) -> None:
        self.roles |= {one.role_id: one for one in roles}

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        if not self.inside:
            return None
        roles = self.roles if fresh else self.roles | self.remembered
        return Hall(guild_id, "A *guild*", OWNER, dict(roles), OWN, frozenset({OWN_ROLE}))

    def holder(self, guild_id: GuildId, user_id: UserId) -> Holder | None:
        del guild_id
        return self.members.get(user_id)

    def change_role(
        self, guild_id: GuildId, user_id: UserId, role_id: RoleId, *, present: bool, reason: str
    ) -> Obstacle | None:
        del guild_id
        assert reason
        self.calls.append(f"{'+' if present else '-'}{role_id} {user_id}")
        if self.refusing:
            return Obstacle.REFUSED
        if role_id not in self.roles:
            return Obstacle.GONE
        if user_id in self.members:
            held = self.members[user_id]
            roles = held.roles | {role_id} if present else held.roles - {role_id}
            self.members[user_id] = replace(held, roles=roles)
        return None

    def post(
        self, channel_id: ChannelId, message_id: str, content: str, mention: UserId | None = None
    ) -> bool:
        if channel_id in self.silent:
            return False
        self.messages.setdefault(message_id, (channel_id, content))
        self.mentioned[message_id] = mention
        return True

    def said(self, channel_id: ChannelId) -> list[str]:
        return [content for channel, content in self.messages.values() if channel == channel_id]


@dataclass
class FakeOrders:
    """The effects queue: what is sent waits to be done."""

    waiting: list[Effect] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        self.waiting += [decode_effect(encode_effect(effect)) for effect in effects]
        self.delays += [delay] * len(effects)


@dataclass
class Stage:
    """Everything around the effects door's looks at members."""

    rows: FakeRewardRows = field(default_factory=FakeRewardRows)
    discord: FakeHall = field(default_factory=FakeHall)
    orders: FakeOrders = field(default_factory=FakeOrders)
    now: datetime = START
    fuse: Fuse = field(default_factory=Fuse)

    def do(self, effect: Effect) -> None:
        """Do one effect, every call of an adapter being a step of the fuse."""
        rows = fused(self.rows, lambda: self.fuse)
        discord = fused(self.discord, lambda: self.fuse)
        orders = fused(self.orders, lambda: self.fuse)
        trouble = Trouble(rows, discord, orders, lambda: self.now)
        standings = Standings(rows, discord, orders, trouble, lambda: self.now)
        match effect:
            case CheckStanding():
                standings.check(effect)
            case SweepStandings():
                standings.sweep(effect)
            case MendRank():
                trouble.mend(effect)
            case _:
                raise AssertionError(effect)

    def check(self, user: str, retired: tuple[str, ...] = ()) -> None:
        roles = tuple(RoleId(one) for one in retired)
        self.do(CheckStanding("c", GUILD, UserId(user), roles))

    def settle(self) -> None:
        """Do what waits until nothing does."""
        while self.orders.waiting:
            self.do(self.orders.waiting.pop(0))

    def sweep_clock(self, wait: timedelta = timedelta()) -> None:
        """Let time pass, and do what the clock then asks for."""
        self.now += wait
        due: list[Effect] = [
            MendRank("m", GUILD, problem.key, format_time(problem.due_at))
            for problem in self.rows.open.values()
            if problem.due_at is not None and problem.due_at <= self.now
        ]
        due += [
            CheckStanding("c", GUILD, user, due_at=at)
            for user, at in self.rows.appointments.items()
            if at <= format_time(self.now)
        ]
        for effect in due:
            self.do(effect)
        self.settle()

    def held(self, user: str) -> set[str]:
        return set(self.discord.members[UserId(user)].roles)
