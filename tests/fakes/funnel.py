"""Journeys in memory, kept honest by tests/integration/stores."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from usher.funnel.buckets import Quarter
from usher.funnel.chains import Chains
from usher.funnel.chains import Place as ChainPlace
from usher.funnel.desk import FunnelDesk, Picture
from usher.funnel.events import events_of
from usher.funnel.measure import Cell
from usher.funnel.model import NO_TRACE, Event, EventKind, Journey, Signal, Trace
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
    """Implements JourneyRows and HeldRows; `stale` writes find that somebody was faster."""

    arrivals: dict[UserId, Arrival] = field(default_factory=dict)
    links: dict[LinkCode, Link] = field(default_factory=dict)
    traces: dict[tuple[LinkCode, str], Trace] = field(default_factory=dict)
    kept: dict[tuple[GuildId, UserId, datetime], Journey] = field(default_factory=dict)
    counters: dict[Row, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    events: list[Event] = field(default_factory=list)
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
        for row, numbers in change(before, after).items():
            for name, number in numbers.items():
                self.counters[row][name] += number
        mine = [one for one in self.events if (one.user_id, one.guild_id) == key[1::-1]]
        gone = {(one.kind, one.at) for one in events_of(before, trace)}
        self.events = [
            one for one in self.events if one not in mine or (one.kind, one.at) not in gone
        ] + list(events_of(after, trace))

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


@dataclass
class FakeTeller:
    """Implements Teller."""

    told: list[Journey] = field(default_factory=list)

    def conversion_recorded(self, journey: Journey) -> None:
        self.told.append(journey)


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

    def converting(self, guild_id: GuildId, visitor: str, user_id: UserId, now: datetime) -> int:
        self.converted[visitor].add(user_id)
        return len(self.converted[visitor])


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
            Journeys(self.rows, FakeJudge(), FakeTeller()),
            self.charts,
        )


def _place(event: Event) -> ChainPlace:
    return format_time(event.at), event.user_id
