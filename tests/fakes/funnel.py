"""Journeys in memory, kept honest by tests/integration/stores."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from usher.funnel.events import events_of
from usher.funnel.model import NO_TRACE, Event, Journey, Signal, Trace
from usher.funnel.ports import Arrival
from usher.funnel.rows import STEPS, Row, link_rows
from usher.funnel.tallies import change
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import Link, LinkCode
from usher.referrals.ports import StaleError


@dataclass
class FakeJourneyRows:
    """Implements JourneyRows; `stale` writes find that somebody was faster."""

    arrivals: dict[UserId, Arrival] = field(default_factory=dict)
    links: dict[LinkCode, Link] = field(default_factory=dict)
    traces: dict[tuple[LinkCode, InviteCode], Trace] = field(default_factory=dict)
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

    def trace(self, link: LinkCode, invite: InviteCode) -> Trace:
        return self.traces.get((link, invite), NO_TRACE)

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

    def steps(self, code: LinkCode) -> dict[str, Decimal]:
        """Read a link's counters of all time, those of zero left out."""
        return {
            name: number for name, number in self.counters[link_rows(code), STEPS].items() if number
        }


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
