"""A guild that is checked every hour: worker, table, ledger and Discord in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.builders import GUILD, START
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import BrokenOffError, Fuse, fused
from tests.fakes.guilds import FakeGuilds, Guild
from tests.fakes.objects import Inline
from tests.fakes.worker import Worker
from usher.attribution.accuracy_store import accuracy_row
from usher.attribution.code_counts_store import code_count_item
from usher.attribution.guild_settings import setting_row
from usher.attribution.model import CodeStatus
from usher.attribution.sync import Held
from usher.attribution.sync_ports import LookError
from usher.attribution.sync_service import Seen, SyncService
from usher.contracts.backfill import BackfillStep
from usher.contracts.observation import InviteLook, InviteRow, Observation
from usher.contracts.observation_codec import decode, encode
from usher.credit.rules import Counter, MemberRecord
from usher.credit.store import counter_row, member_row
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId
from usher.integrity.inside import Inside
from usher.integrity.ledger_rows import COMPARED
from usher.integrity.mending import Mender
from usher.integrity.model import Found, Kind, Known, Progress
from usher.integrity.outside import Outside
from usher.integrity.ports import HeadSeen, HushError, MemberSeen, Present
from usher.integrity.row_diff import Item
from usher.integrity.rows import drift_key, read_known, read_progress, write_known, write_progress
from usher.integrity.service import Integrity, Outcome
from usher.integrity.telling import Teller
from usher.integrity.unbooked import Unbooked
from usher.integrity.whole import Whole
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line
from usher.ledger.reader import LedgerReader
from usher.ledger.store import LedgerStore

ADMINS = ChannelId("77")


@dataclass
class FakeTable:
    """Implements Table over the event worker's fake; what has no rows there is set by tests."""

    guilds: FakeGuilds
    boards: dict[str, int] = field(default_factory=dict)
    """Scores that the index has otherwise than the counters say."""
    scores: dict[str, int] = field(default_factory=dict)
    """Scores of rows that somebody has damaged."""
    banned: list[UserId] = field(default_factory=list)
    muted: list[UserId] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    campaigns: set[str] = field(default_factory=set)
    waiting: dict[GuildId, list[tuple[str, datetime]]] = field(default_factory=dict)
    channel: ChannelId | None = ADMINS
    reading: list[Observation] = field(default_factory=list)
    """What the worker takes in between two reads."""
    worker: Worker | None = None

    def head(self, guild_id: GuildId) -> HeadSeen | None:
        guild = self.guilds.guilds.get(guild_id)
        if guild is None:
            return None
        head = guild.head
        return HeadSeen(head.version, guild.burst is not None, head.since, guild.name)

    def marks(self, event_ids: Collection[str]) -> frozenset[str]:
        return self.guilds.applied(event_ids)

    def rows(self, guild_id: GuildId) -> Iterator[Item]:
        found = self._items(guild_id)
        if self.reading and self.worker is not None:
            self.worker.handle(self.reading.pop(0))
        yield from sorted(found, key=lambda item: str(item["sk"]["S"]))

    def named(self, guild_id: GuildId, sort_keys: Collection[str]) -> list[Item]:
        found = [item for item in self._items(guild_id) if item["sk"]["S"] in sort_keys]
        if self.reading and self.worker is not None:
            self.worker.handle(self.reading.pop(0))
        return found

    def members(self, guild_id: GuildId, users: Collection[UserId]) -> list[MemberSeen]:
        held = self.guilds.guilds[guild_id].members
        return [_seen(user, held[user].now) for user in users if user in held]

    def members_after(self, guild_id: GuildId, after: str, limit: int) -> list[MemberSeen]:
        held = self.guilds.guilds[guild_id].members
        users = sorted(user for user in held if f"M#{user}" > after)
        return [_seen(user, held[user].now) for user in users[:limit]]

    def board(self, guild_id: GuildId) -> dict[str, int]:
        held = self.guilds.guilds[guild_id].counters
        scores = {
            f"C#{user}": tally.effective
            for (user, period), tally in held.items()
            if period == "all" and user != VANITY
        }
        return scores | self.scores | self.boards

    def sanctions(self, guild_id: GuildId) -> Mapping[str, list[UserId]]:
        return {"ban": self.banned, "mute": self.muted}

    def orphans(self, guild_id: GuildId) -> list[tuple[str, str]]:
        return [(code, one) for code, one in self.links.items() if one not in self.campaigns]

    def overdue(self, until: datetime) -> dict[GuildId, list[tuple[str, datetime]]]:
        return self.waiting

    def admin_channel(self, guild_id: GuildId) -> ChannelId | None:
        return self.channel

    def _items(self, guild_id: GuildId) -> list[Item]:
        guild = self.guilds.guilds[guild_id]
        rows = [accuracy_row(guild_id, day, one) for day, one in guild.accuracy.items()]
        items: list[Item] = [row.serialize() for row in rows]
        for (user, period), tally in guild.counters.items():
            row = counter_row(guild_id, Counter(user, period, ends(period)), tally)
            row.score = self.scores.get(row.sk, row.score)
            items.append(row.serialize())
        items += [member_row(guild_id, u, one.now).serialize() for u, one in guild.members.items()]
        items += [setting_row(guild_id, n, line).serialize() for n, line in guild.set_by.items()]
        items += [code_count_item(guild_id, code, one) for code, one in guild.counted.items()]
        return [item for item in items if str(item["sk"]["S"]).startswith(COMPARED)]


def ends(period: str) -> datetime | None:
    """When a period of counters ends."""
    kind, _, name = period.partition("#")
    if kind == "all":
        return None
    if kind == "day":
        first, days = date.fromisoformat(name), 1
    else:
        first, days = date.fromisoformat(f"{name}-1"), 7
    return datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=days)


def _seen(user: UserId, record: MemberRecord) -> MemberSeen:
    return MemberSeen(user, record.joined_at, record.left_at)


@dataclass
class FakeNotes:
    """Implements Notes; what is kept is text."""

    far: dict[GuildId, str] = field(default_factory=dict)
    held: dict[GuildId, dict[str, str]] = field(default_factory=dict)

    def progress(self, guilds: Iterable[GuildId]) -> dict[GuildId, Progress]:
        return {guild: read_progress(self.far[guild]) for guild in guilds if guild in self.far}

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        self.far[guild_id] = write_progress(progress)

    def known(self, guild_id: GuildId) -> list[Known]:
        rows = self.held.get(guild_id, {})
        return [one for key in rows if (one := read_known(key, rows[key])).solved is None]

    def keep(self, guild_id: GuildId, known: Sequence[Known]) -> None:
        for one in known:
            self.held.setdefault(guild_id, {})[drift_key(one)] = write_known(one)


@dataclass
class FakeRoster:
    """Implements Discord, and the synchronisation's Looks."""

    clock: "Clock"
    present: dict[UserId, Present] = field(default_factory=dict)
    bans: set[UserId] = field(default_factory=set)
    invites: dict[InviteCode, InviteRow] = field(default_factory=dict)
    unlisted: set[UserId] = field(default_factory=set)
    """Who is there, and left out of the list."""
    away: bool = False
    hushed: bool = False
    look_error: LookError | None = None
    calls: list[str] = field(default_factory=list)

    def is_there(self, guild_id: GuildId) -> bool:
        self._call("guild")
        return not self.away

    def members(self, guild_id: GuildId, after: UserId) -> list[Present] | None:
        self._call("members")
        listed = self.present.keys() - self.unlisted
        users = sorted(int(user) for user in listed if int(user) > int(after))
        return [self.present[UserId(str(user))] for user in users[:1000]]

    def is_member(self, guild_id: GuildId, user_id: UserId) -> bool:
        self._call("member")
        return user_id in self.present

    def is_banned(self, guild_id: GuildId, user_id: UserId) -> bool | None:
        self._call("ban")
        return user_id in self.bans

    def look(self, guild_id: GuildId, *, vanity: bool) -> Seen:
        self._call("invites")
        if self.look_error is not None:
            raise self.look_error
        return Seen(InviteLook(self.clock(), 200, rows=tuple(self.invites.values())), None, ())

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.hushed:
            raise HushError


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Hourly:
    """A guild of the event worker's, and the check."""

    worker: Worker = field(default_factory=Worker)
    guild_id: GuildId = GUILD
    clock: Clock = field(default_factory=Clock)
    notes: FakeNotes = field(default_factory=FakeNotes)
    effects: FakeEffects = field(default_factory=FakeEffects)
    fuse: Fuse = field(default_factory=Fuse)
    sent: list[Observation] = field(default_factory=list)
    """Repairs that wait for the worker."""
    steps: list[BackfillStep] = field(default_factory=list)
    reports: list[tuple[str, Kind, str]] = field(default_factory=list)
    repairs: list[tuple[Kind, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert isinstance(self.worker.guilds, FakeGuilds)
        self.guilds = self.worker.guilds
        self.worker.objects.clock = self.clock
        self.table = FakeTable(self.guilds, worker=self.worker)
        self.roster = FakeRoster(self.clock)

    @property
    def guild(self) -> Guild:
        return self.guilds.guilds[self.guild_id]

    @property
    def lines(self) -> list[Line]:
        return [read_line(one) for one in self.worker.objects.under("lines/").values()]

    def tell(self, *observations: Observation) -> None:
        """Let the worker have observations, each when it was sealed."""
        for observation in observations:
            self.clock.now = max(self.clock.now, observation.at)
            self.worker.handle(observation)

    def agree(self) -> None:
        """Let Discord be what the table says."""
        self.roster.present = {
            user: Present(user, row.now.joined_at)
            for user, row in self.guild.members.items()
            if row.now.left_at is None
        }
        self.roster.invites = {
            code: InviteRow(
                code, one.now.inviter_id, None, one.now.uses, one.now.max_uses, 0, False, None, None
            )
            for code, one in self.guild.codes.items()
            if one.now.status is CodeStatus.ACTIVE and one.now.inviter_id != VANITY
        }

    def deliver(self) -> None:
        """Let the worker have the repairs."""
        waiting, self.sent = self.sent, []
        for observation in waiting:
            self.worker.handle(decode(encode(observation)))

    def check(self, hours: float = 1, *, asks: bool = True, **more: bool) -> Outcome:
        """Check after some time."""
        self.clock.now += timedelta(hours=hours)
        progress = self.notes.progress([self.guild_id]).get(self.guild_id)
        overdue = self.table.waiting.get(self.guild_id, ())
        return self.integrity.check(self.guild_id, progress, overdue, asks=asks, **more)

    @property
    def integrity(self) -> Integrity:
        pool = Inline()
        reader = LedgerReader(LedgerStore(self.worker.objects, self.clock), pool)
        table, notes = self._fused(self.table), self._fused(self.notes)
        sync = SyncService(self.roster, self, self, self.clock)
        return Integrity(
            table=table,
            notes=notes,
            unbooked=Unbooked(reader, table, self.clock),
            whole=Whole(reader, table, self.clock, lambda _seconds: None),
            inside=Inside(table, lambda _seconds: None),
            outside=Outside(sync, self.roster, table, self.clock),
            mending=Mender(self._fused(self), self._fused(_Steps(self.steps)), sync, self._mended),
            telling=Teller(self, table, self._fused(self.effects)),
            clock=self.clock,
        )

    def _fused[T](self, adapter: T) -> T:
        return fused(adapter, lambda: self.fuse)

    # what the check asks of the world

    def send(self, observation: Observation) -> None:
        self.sent.append(observation)

    def held(self, guild_id: GuildId) -> dict[InviteCode, Held]:
        return {
            code: Held(one.now.uses, one.now.inviter_id, one.now.status is CodeStatus.ACTIVE)
            for code, one in self.guilds.guilds[guild_id].codes.items()
        }

    def name_of(self, guild_id: GuildId) -> str:
        return ""

    def carry(self, observation: Observation) -> bool:
        self.sent.append(observation)
        return False

    def report(self, guild_id: GuildId, what: str, known: Known) -> None:
        self.reports.append((what, known.kind, known.subject))

    def _mended(self, guild_id: GuildId, found: Found, id_: str) -> None:
        self.repairs.append((found.kind, found.subject))

    def differences(self) -> list[tuple[Kind, str]]:
        """What was reported, and in what order."""
        return [(kind, subject) for what, kind, subject in self.reports if what == "difference"]

    def solved(self) -> list[tuple[Kind, str]]:
        """What was said to be solved."""
        return [(kind, subject) for what, kind, subject in self.reports if what == "solved"]


@dataclass
class _Steps:
    steps: list[BackfillStep]

    def send(self, step: BackfillStep, delay: int) -> None:
        self.steps.append(step)


class AtTheTable(Fuse):
    """Breaks off before the first transaction: lines are written, and nothing follows from them."""

    def enter(self, name: str) -> int:
        if name.startswith("transaction"):
            raise BrokenOffError(name)
        return super().enter(name)
