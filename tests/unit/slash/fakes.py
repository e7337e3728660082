"""Fakes of what commands call, kept honest by the suite in tests/integration/front."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.builders import START
from tests.fakes.analytics import FakeAnalytics, FakeCharts
from tests.fakes.automod import FakeCatches
from tests.fakes.automod_rules import FakeRules
from tests.fakes.channels import FakeTools
from tests.fakes.desk import FakeJoinLog, FakeLookups, FakeReports, FakeSyncs
from tests.fakes.doctor import FakeDiscordProbe, FakeTableProbe
from tests.fakes.funnel import FakeFunnel
from tests.fakes.greeting import FakeGreetingRecords, FakePeople
from tests.fakes.hook_room import FakeHookQueue, FakeHookTable
from tests.fakes.hooks import FakeKeptHooks
from tests.fakes.inviting import FakeDesk, FakeRecords, FakeSettings
from tests.fakes.keys import FakeKeys
from tests.fakes.moderation import FakeCases
from tests.fakes.onboarding import FakeArrivals, FakeDrafts, FakeSessions, shelf
from tests.fakes.privacy import FakePrivacy
from tests.fakes.referrals import FakeReferrals
from tests.fakes.rewards import FakeHall, FakeOrders, FakeRewardReads
from tests.fakes.staff import FakeStaff
from usher.attribution.backfill_state import Backfill
from usher.attribution.code_choices import CodeChoice
from usher.attribution.queries import CodeSummary, MemberOrigin
from usher.channels.ports import Tools
from usher.contracts.deeds import Deed, InvitesGranted, SettingChanged, UpgradeAssigned
from usher.credit.fake import BLOCK, FAKE, Rules, read_rules
from usher.credit.fake_queries import Survey
from usher.credit.places import MOST_RANKED, Place, place_among
from usher.credit.queries import OFF, TRACKING, LeaderboardPage, Period, Standing, Tally
from usher.credit.recounting import look_at
from usher.credit.rules import MemberRecord
from usher.doctor.examining import GuildDoctor
from usher.funnel.desk import FunnelDesk
from usher.greeting.drafts import Drafts
from usher.hooks.managing import WebhookDesk
from usher.ids import GuildId, UserId
from usher.ledger.options import Wanted
from usher.onboarding.shelf import Answers
from usher.referrals.bulk_desk import BulkDesk
from usher.referrals.bulk_service import BulkLinks

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class StoreDownError(Exception):
    """What a store raises that cannot answer."""


@dataclass
class FakeCredit:
    """Implements CreditReads on dictionaries."""

    boards: dict[tuple[GuildId, Period], dict[UserId, Tally]] = field(default_factory=dict)
    gone: set[UserId] = field(default_factory=set)
    histogram: dict[int, int] | None = None
    settings: dict[tuple[GuildId, str], str] = field(default_factory=dict)

    def tracking_off(self, guild_id: GuildId) -> bool:
        return self.settings.get((guild_id, TRACKING)) == OFF

    def put(self, guild: str, period: Period, user: str, tally: Tally) -> None:
        self.boards.setdefault((GuildId(guild), period), {})[UserId(user)] = tally

    def tally(self, guild_id: GuildId, user_id: UserId, *, consistent: bool = False) -> Tally:
        del consistent
        return self.boards.get((guild_id, Period.ALL), {}).get(user_id, Tally())

    def leaderboard(
        self, guild_id: GuildId, period: Period, now: datetime, page: int, size: int
    ) -> LeaderboardPage:
        del now
        rows = [
            Standing(user, tally)
            for user, tally in self.boards.get((guild_id, period), {}).items()
            if tally.effective > 0
        ]
        rows.sort(key=lambda row: (-row.tally.effective, int(row.user_id)))
        end = page * size
        shown = [replace(row, gone=row.user_id in self.gone) for row in rows[end - size : end]]
        return LeaderboardPage(tuple(shown), len(rows) > end)

    def place(
        self, guild_id: GuildId, period: Period, now: datetime, user_id: UserId
    ) -> Place | None:
        del now
        board = self.boards.get((guild_id, period), {})
        rows = [(tally.effective, user) for user, tally in board.items()]
        score = board.get(user_id, Tally()).effective
        if score <= 0:
            return None
        rows = sorted((row for row in rows if row[0] >= score), reverse=True)
        return place_among(rows[: MOST_RANKED + 1], user_id, score, self.histogram)


@dataclass
class FakeInvites:
    """Implements InviteReads on dictionaries; `codes` are all of a member's, ended ones too."""

    origins: dict[tuple[GuildId, UserId], MemberOrigin] = field(default_factory=dict)
    codes: dict[tuple[GuildId, UserId], tuple[CodeSummary, ...]] = field(default_factory=dict)

    def origin(self, guild_id: GuildId, user_id: UserId) -> MemberOrigin | None:
        return self.origins.get((guild_id, user_id))

    def codes_of(
        self, guild_id: GuildId, inviter_id: UserId, now: datetime
    ) -> tuple[CodeSummary, ...]:
        alive = [
            code
            for code in self.codes.get((guild_id, inviter_id), ())
            if code.expires_at is None or code.expires_at > now
        ]
        return tuple(sorted(alive, key=lambda code: (-(code.uses or 0), code.code)))


@dataclass
class FakeCodes:
    """Implements CodeChoices: every code there is, whatever is typed."""

    known: dict[GuildId, tuple[CodeChoice, ...]] = field(default_factory=dict)

    def choices(self, guild_id: GuildId, typed: str) -> tuple[CodeChoice, ...]:
        del typed
        return self.known.get(guild_id, ())


@dataclass(frozen=True)
class FakeExport:
    """A finished export."""

    filename: str = "invite_logs_20261120.csv"
    content: bytes | None = b"\xef\xbb\xbfTimestamp\r\n"
    lines: int = 1
    link: str | None = None
    expires_at: datetime | None = None


@dataclass
class FakeExports:
    """Implements LedgerExports: answers `result` and remembers what was asked."""

    result: FakeExport = field(default_factory=FakeExport)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    error: Exception | None = None

    def export(self, guild_id: GuildId, wanted: Wanted, name: str, limit: int) -> FakeExport:
        assert name
        if self.error:
            raise self.error
        self.asked.append((guild_id, wanted.start, wanted.end, wanted.user_id, wanted.code))
        self.limits.append(limit)
        return self.result


@dataclass
class FakeImports:
    """Implements Imports: answers `standing` and remembers what was begun."""

    standing: Backfill | None = None
    begun: list[tuple[object, ...]] = field(default_factory=list)

    def state(self, guild_id: GuildId) -> Backfill | None:
        del guild_id
        return self.standing

    def begin(
        self,
        guild_id: GuildId,
        run: str,
        user_id: UserId | None,
        started_by: UserId,
        now: datetime,
        token: str,
    ) -> None:
        self.begun.append((guild_id, run, user_id, started_by, now, token))


@dataclass
class FakeFakeRules:
    """Implements FakeRules over the settings of FakeCredit and members it is given."""

    credit: FakeCredit
    members: dict[UserId, MemberRecord] = field(default_factory=dict)
    whole: bool = True
    begun: list[tuple[object, ...]] = field(default_factory=list)

    def rules(self, guild_id: GuildId) -> Rules:
        held = {
            name: value
            for (guild, name), value in self.credit.settings.items()
            if guild == guild_id
        }
        under = [
            {
                name.removeprefix(f"{group}#"): v
                for name, v in held.items()
                if name.startswith(f"{group}#")
            }
            for group in (FAKE, BLOCK)
        ]
        return read_rules(under[0], under[1])

    def survey(self, guild_id: GuildId, rules: Rules) -> Survey:
        del guild_id
        return look_at(self.members.items(), rules, Survey(whole=self.whole))

    def begin(
        self, guild_id: GuildId, run: str, by: UserId, rules: Rules, now: datetime, token: str
    ) -> None:
        self.begun.append((guild_id, run, by, rules, now, token))


class BrokenReads:
    """A store that is down."""

    def __getattr__(self, name: str) -> object:
        raise StoreDownError(name)


@dataclass
class FakeDeeds:
    """Implements Deeds on FakeCredit and FakeStaff; `busy` leaves them for later."""

    credit: FakeCredit
    staff: FakeStaff = field(default_factory=FakeStaff)
    done: dict[str, Deed] = field(default_factory=dict)
    busy: bool = False

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        for deed in deeds:
            if deed.id not in self.done and isinstance(deed, InvitesGranted):
                board = self.credit.boards.setdefault((guild_id, Period.ALL), {})
                held = board.get(deed.user_id, Tally())
                added = 0 if deed.invites is None else held.added + deed.invites
                board[deed.user_id] = replace(held, added=added)
            elif deed.id not in self.done and isinstance(deed, SettingChanged | UpgradeAssigned):
                self.staff.take(guild_id, deed)
            if isinstance(deed, SettingChanged):
                self.credit.settings.pop((guild_id, deed.name), None)
                if deed.value is not None:
                    self.credit.settings[guild_id, deed.name] = deed.value
            self.done[deed.id] = deed
        return not self.busy


@dataclass
class FakeAttached:
    """Implements Attached."""

    files: dict[str, bytes] = field(default_factory=dict)

    def fetch(self, url: str, limit: int) -> bytes:
        content = self.files[url]
        assert len(content) <= limit
        return content


@dataclass
class FakeServices:
    """Everything that a command may call."""

    credit: FakeCredit = field(default_factory=FakeCredit)
    deeds: FakeDeeds = field(init=False)
    invites: FakeInvites = field(default_factory=FakeInvites)
    codes: FakeCodes = field(default_factory=FakeCodes)
    exports: FakeExports = field(default_factory=FakeExports)
    staff: FakeStaff = field(default_factory=FakeStaff)
    reports: FakeReports = field(default_factory=FakeReports)
    log: FakeJoinLog = field(default_factory=FakeJoinLog)
    lookups: FakeLookups = field(default_factory=FakeLookups)
    syncs: FakeSyncs = field(default_factory=FakeSyncs)
    imports: FakeImports = field(default_factory=FakeImports)
    privacy: FakePrivacy = field(default_factory=FakePrivacy)
    cases: FakeCases = field(default_factory=FakeCases)
    desk: FakeDesk = field(default_factory=FakeDesk)
    records: FakeRecords = field(default_factory=FakeRecords)
    settings: FakeSettings = field(init=False)
    rewards: FakeRewardReads = field(init=False)
    people: FakePeople = field(default_factory=FakePeople)
    greetings: Drafts = field(init=False)
    halls: FakeHall = field(default_factory=FakeHall)
    analytics: FakeAnalytics = field(default_factory=FakeAnalytics)
    charts: FakeCharts = field(default_factory=FakeCharts)
    referrals: FakeReferrals = field(default_factory=FakeReferrals)
    referral_url: str = "https://go.example"
    sign_in: bool = True
    ways: FakeFunnel = field(default_factory=FakeFunnel)
    funnel: FunnelDesk = field(init=False)
    hooks: FakeKeptHooks = field(default_factory=FakeKeptHooks)
    link_files: BulkDesk = field(init=False)
    attached: FakeAttached = field(default_factory=lambda: FakeAttached())
    endpoints: FakeHookTable = field(default_factory=FakeHookTable)
    hook_queue: FakeHookQueue = field(default_factory=FakeHookQueue)
    webhooks: WebhookDesk = field(init=False)
    keys: FakeKeys = field(default_factory=FakeKeys)
    rooms: FakeTools = field(init=False)
    channels: Tools = field(init=False)
    rules: FakeRules = field(default_factory=FakeRules)
    windows: FakeCatches = field(default_factory=FakeCatches)
    onboardings: FakeSessions = field(default_factory=FakeSessions)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    arrivals: FakeArrivals = field(default_factory=FakeArrivals)
    orders: FakeOrders = field(default_factory=FakeOrders)
    answers: Answers = field(init=False)
    examined: FakeDiscordProbe = field(default_factory=FakeDiscordProbe)
    recorded: FakeTableProbe = field(default_factory=FakeTableProbe)
    doctor: GuildDoctor = field(init=False)

    fakes: FakeFakeRules = field(init=False)

    def __post_init__(self) -> None:
        self.fakes = FakeFakeRules(self.credit)
        self.doctor = GuildDoctor(self.examined, self.recorded)
        self.funnel = self.ways.desk()
        self.rooms = FakeTools(self.halls)
        self.channels = self.rooms.all()
        bulk = BulkLinks(self.referrals, self.hooks)
        self.link_files = BulkDesk(bulk, lambda: START, lambda: self.sign_in)
        self.webhooks = WebhookDesk(
            self.endpoints, self.endpoints, self.hook_queue, bytes, lambda _: None
        )
        self.deeds = FakeDeeds(self.credit, self.staff)
        self.settings = FakeSettings(self.staff)
        self.rewards = FakeRewardReads(self.staff)
        self.answers = shelf(self.privacy.objects)
        self.greetings = Drafts(FakeGreetingRecords(self.staff), self.people)


@dataclass
class FakeLog:
    """Collects lines as (level, message, extra); those for debugging apart."""

    lines: list[tuple[str, object, Mapping[str, object]]] = field(default_factory=list)
    details: list[tuple[object, Mapping[str, object]]] = field(default_factory=list)

    def debug(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        self.details.append((msg, dict(extra)))

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        self.lines.append(("info", msg, dict(extra)))

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        self.lines.append(("warning", msg, dict(extra)))

    def exception(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        self.lines.append(("exception", msg, dict(extra)))
