"""Journeys in memory, kept honest by tests/integration/stores."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from tests.builders import at
from usher.funnel.buckets import Quarter
from usher.funnel.chains import Chains
from usher.funnel.chains import Place as ChainPlace
from usher.funnel.desk import FunnelDesk, Picture
from usher.funnel.events import events_of
from usher.funnel.measure import Cell
from usher.funnel.model import (
    NO_TRACE,
    Event,
    EventKind,
    Journey,
    Signal,
    SignalKind,
    Standing,
    Trace,
    journey_id,
)
from usher.funnel.notices import FIRST, Notice, is_new, numbers_of, owes
from usher.funnel.numbers import Numbers, TooMuchError
from usher.funnel.ports import Arrival
from usher.funnel.rows import STEPS, Row, held_row, link_rows
from usher.funnel.service import Journeys
from usher.funnel.tallies import change
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import Link, LinkCode
from usher.referrals.ports import StaleError
from usher.times import format_time


@dataclass
class FakeJourneyRows:
    """Implements JourneyRows, HeldRows and NoticeRows; `stale` writes find somebody was faster."""

    arrivals: dict[UserId, Arrival] = field(default_factory=dict)
    links: dict[LinkCode, Link] = field(default_factory=dict)
    traces: dict[tuple[LinkCode, str], Trace] = field(default_factory=dict)
    kept: dict[tuple[GuildId, UserId, datetime], Journey] = field(default_factory=dict)
    counters: dict[Row, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    events: list[Event] = field(default_factory=list)
    notices: dict[GuildId, Notice] = field(default_factory=dict)
    stale: int = 0

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        return self.arrivals.get(user_id)

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        found = [
            one for one in self.kept.values() if (one.guild_id, one.user_id) == (guild_id, user_id)
        ]
        return tuple(sorted(found, key=lambda one: one.joined_at))

    def link(self, code: LinkCode) -> Link | None:
        return self.links.get(code)

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        found = (self.traces.get((link, who)) for who in (invite, f"@{user_id}") if who)
        return next((one for one in found if one is not None), NO_TRACE)

    def save(self, before: Journey, after: Journey, trace: Trace) -> None:
        key = after.guild_id, after.user_id, after.joined_at
        held = self.kept.get(key)
        if self.stale or (held.version if held else 0) != before.version:
            self.stale = max(0, self.stale - 1)
            raise StaleError
        assert before == (held or Journey(*key)), "not what was read"
        self.kept[key] = replace(after, version=before.version + 1)
        self._note(before, after)
        for row, numbers in change(before, after).items():
            for name, number in numbers.items():
                self.counters[row][name] += number
        mine = [one for one in self.events if (one.user_id, one.guild_id) == key[1::-1]]
        gone = {(one.kind, one.at) for one in events_of(before, trace)}
        self.events = [
            one for one in self.events if one not in mine or (one.kind, one.at) not in gone
        ] + list(events_of(after, trace))

    def _note(self, before: Journey, after: Journey) -> None:
        won = after.conversion
        if won is None:
            return
        guild_id = after.guild_id
        fresh = is_new(before, after) or (owes(after) and not owes(before))
        notice = self.notices.get(guild_id)
        if notice is None and fresh:
            notice = Notice((won.held_at or won.at) + FIRST)
        if notice is None:
            return
        numbers = numbers_of(after) if is_new(before, after) else {}
        kinds = Counter(notice.kinds)
        kinds.update(kind for kind in SignalKind if kind.value in numbers)
        owing = notice.owing - {journey_id(after)}
        self.notices[guild_id] = replace(
            notice,
            held=notice.held + numbers.get("held", 0),
            taken=notice.taken + numbers.get("taken", 0),
            kinds=dict(kinds),
            links=notice.links | ({after.place.link} if numbers and after.place else set()),
            owing=owing | ({journey_id(after)} if owes(after) else set()),
        )

    def notice(self, guild_id: GuildId) -> Notice | None:
        return self.notices.get(guild_id)

    def waiting(self, guild_id: GuildId) -> int:
        return len(self.held(guild_id, None, len(self.kept)))

    def told(
        self, guild_id: GuildId, notice: Notice, told_at: datetime | None, due_at: datetime
    ) -> None:
        now = self._same(guild_id, notice)
        if told_at is None:
            self.notices[guild_id] = replace(now, due_at=due_at)
            return
        kinds = Counter(now.kinds)
        kinds.subtract(notice.kinds)
        self.notices[guild_id] = Notice(
            due_at,
            now.held - notice.held,
            now.taken - notice.taken,
            {kind: number for kind, number in kinds.items() if number},
            now.links - notice.links,
            now.owing,
            told_at,
        )

    def over(self, guild_id: GuildId, notice: Notice) -> None:
        if self._same(guild_id, notice).held != notice.held:
            raise StaleError
        del self.notices[guild_id]

    def _same(self, guild_id: GuildId, notice: Notice) -> Notice:
        now = self.notices.get(guild_id)
        if now is None or now.due_at != notice.due_at:
            raise StaleError
        return now

    def held(
        self, guild_id: GuildId, after: tuple[str, str] | None, limit: int
    ) -> tuple[Journey, ...]:
        rows = sorted(
            (row[1], one)
            for one in self.kept.values()
            if one.guild_id == guild_id and (row := held_row(one)) is not None
        )
        first = "" if after is None else f"HELD#{after[0]}#{after[1]}"
        return tuple(one for key, one in rows if key > first)[:limit]

    def read_events(
        self, code: LinkCode, kind: EventKind, before: ChainPlace | None, limit: int
    ) -> tuple[Event, ...]:
        mine = [one for one in self.events if one.place.link == code and one.kind is kind]
        found = sorted(mine, key=_place, reverse=True)
        return tuple(one for one in found if before is None or _place(one) < before)[:limit]

    def steps(self, code: LinkCode) -> dict[str, Decimal]:
        """Read a link's counters of all time, those of zero left out."""
        return {
            name: number for name, number in self.counters[link_rows(code), STEPS].items() if number
        }


@dataclass
class FakeChainRows:
    """Implements ChainRows on journeys in memory."""

    rows: FakeJourneyRows
    invites: dict[tuple[LinkCode, str], InviteCode] = field(default_factory=dict)

    def events(
        self, code: LinkCode, kind: EventKind, before: ChainPlace | None, limit: int
    ) -> tuple[Event, ...]:
        return self.rows.read_events(code, kind, before, limit)

    def joins(self, code: LinkCode, begin: datetime, end: datetime, most: int) -> tuple[Event, ...]:
        every = self.rows.read_events(code, EventKind.JOIN, None, most)
        return tuple(one for one in reversed(every) if begin <= one.at <= end)

    def taken(
        self, guild_id: GuildId, events: Iterable[Event]
    ) -> dict[tuple[UserId, datetime], Journey]:
        keys = [(one.user_id, one.at) for one in events]
        return {key: self.rows.kept[guild_id, *key] for key in keys}

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        return self.rows.journeys(guild_id, user_id)

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        return self.rows.trace(link, user_id, invite)

    def invite_of(self, code: LinkCode, visitor: str) -> InviteCode | None:
        return self.invites.get((code, visitor))


@dataclass
class FakeFunnels:
    """Implements FunnelCharts: keeps what was to be drawn."""

    drawn: list[Picture] = field(default_factory=list)

    def funnel(self, picture: Picture) -> bytes:
        self.drawn.append(picture)
        return b"png"


@dataclass
class FakeJudge:
    """Implements Judge: finds what it is told to find."""

    found: tuple[Signal, ...] = ()
    asked: list[Journey] = field(default_factory=list)

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        self.asked.append(journey)
        return self.found

    def late(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        return ()

    def others(
        self, journey: Journey, link: Link, trace: Trace, now: datetime
    ) -> frozenset[UserId]:
        return frozenset()


@dataclass
class FakeTeller:
    """Implements Teller."""

    told: list[Journey] = field(default_factory=list)
    withdrawn: list[Journey] = field(default_factory=list)

    def conversion_recorded(self, journey: Journey) -> None:
        self.told.append(journey)

    def conversion_withdrawn(self, journey: Journey) -> None:
        self.withdrawn.append(journey)


@dataclass
class FakeEvidence:
    """Implements EvidenceRows."""

    settings: dict[str, str | None] = field(default_factory=dict)
    joined: list[datetime] = field(default_factory=list)
    converted: dict[str, set[UserId]] = field(default_factory=lambda: defaultdict(set))

    def setting(self, guild_id: GuildId, name: str) -> str | None:
        return self.settings.get(name)

    def joins(self, code: LinkCode, first: datetime, last: datetime, most: int) -> int:
        return min(most, sum(first <= one <= last for one in self.joined))

    def counted(self, code: LinkCode, first: datetime, last: datetime) -> frozenset[UserId]:
        return frozenset()

    def converting(
        self, guild_id: GuildId, visitor: str, user_id: UserId, now: datetime
    ) -> frozenset[UserId]:
        self.converted[visitor].add(user_id)
        return frozenset(self.converted[visitor])


@dataclass
class FakeJourneyEvidence(FakeEvidence):
    """Implements EvidenceRows on journeys in memory."""

    rows: FakeJourneyRows = field(default_factory=FakeJourneyRows)

    def joins(self, code: LinkCode, first: datetime, last: datetime, most: int) -> int:
        found = self.rows.read_events(code, EventKind.JOIN, None, len(self.rows.events))
        return min(most, sum(first <= one.at <= last for one in found))

    def counted(self, code: LinkCode, first: datetime, last: datetime) -> frozenset[UserId]:
        every = self.rows.read_events(code, EventKind.CONVERSION, None, len(self.rows.events))
        return frozenset(
            one.user_id
            for one in every
            if first <= one.at <= last and one.standing is Standing.COUNTED
        )


@dataclass
class FakeNumbers:
    """Implements NumberRows on what is put in."""

    cells: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    moments: dict[str, list[Quarter]] = field(default_factory=lambda: defaultdict(list))
    too_much: bool = False

    def days(self, partition: str, first: date, last: date) -> tuple[Cell, ...]:
        if self.too_much:
            raise TooMuchError
        return tuple(one for one in self.cells[partition] if first <= one.day <= last)

    def quarters(self, partition: str, begin: datetime, end: datetime) -> tuple[Quarter, ...]:
        if self.too_much:
            raise TooMuchError
        return tuple(one for one in self.moments[partition] if begin <= one[0] < end)


@dataclass
class FakeFunnel:
    """All of the funnel, in memory."""

    rows: FakeJourneyRows = field(default_factory=FakeJourneyRows)
    numbers: FakeNumbers = field(default_factory=FakeNumbers)
    charts: FakeFunnels = field(default_factory=FakeFunnels)

    def desk(self) -> FunnelDesk:
        return FunnelDesk(
            Numbers(self.numbers),
            Chains(FakeChainRows(self.rows)),
            self.rows,
            Journeys(self.rows, FakeJudge(), FakeTeller(), lambda: at(0)),
            self.charts,
        )


def _place(event: Event) -> ChainPlace:
    return format_time(event.at), event.user_id
