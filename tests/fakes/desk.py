"""What the log and staff commands call, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from usher.attribution.sync_ports import Comparison, Repaired
from usher.ids import GuildId, UserId
from usher.ledger.log_pages import Entrance, LogPage, Place
from usher.ledger.lookup_found import Asked, Found, Missing, WhyNone
from usher.ledger.options import Wanted
from usher.staff.report_found import Referrals


@dataclass
class FakeReports:
    """Implements Reports: answers from a list and remembers what was asked."""

    counted: dict[UserId, Referrals] = field(default_factory=dict)
    asked: list[tuple[GuildId, Wanted]] = field(default_factory=list)
    error: Exception | None = None

    def referrals(
        self, guild_id: GuildId, wanted: Wanted, staff: Sequence[UserId]
    ) -> tuple[Referrals, ...]:
        if self.error:
            raise self.error
        self.asked.append((guild_id, wanted))
        counted = [self.counted.get(one, Referrals(one)) for one in staff]
        return tuple(sorted(counted, key=lambda one: (-one.total, int(one.user_id))))


@dataclass
class FakeJoinLog:
    """Implements JoinLogs over entries, newest first."""

    entries: list[Entrance] = field(default_factory=list)
    asked: list[tuple[GuildId, Wanted, Place | None]] = field(default_factory=list)

    def page(self, guild_id: GuildId, wanted: Wanted, after: Place | None, size: int) -> LogPage:
        self.asked.append((guild_id, wanted, after))
        rest = [
            entry
            for entry in self.entries
            if after is None
            or (entry.line.timestamp, entry.line.event_id) < (after.at, after.event_id)
        ]
        shown = rest[:size]
        last = shown[-1].line if len(rest) > size else None
        return LogPage(tuple(shown), None if last is None else Place(last.timestamp, last.event_id))


@dataclass
class FakeLookups:
    """Implements Lookups."""

    found: dict[UserId, Found | Missing] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def find(self, guild_id: GuildId, asked: Asked, now: datetime) -> Found | Missing:
        del guild_id, now
        self.asked.append(asked)
        return self.found.get(asked.user_id, Missing(WhyNone.NO_MEMBER))


@dataclass
class FakeSyncs:
    """Implements Syncs."""

    comparison: Comparison = field(default_factory=lambda: Comparison(0, 0, ()))
    repaired: Repaired | None = None
    error: Exception | None = None
    repairs: list[str] = field(default_factory=list)

    def compare(self, guild_id: GuildId) -> Comparison:
        del guild_id
        if self.error:
            raise self.error
        return self.comparison

    def repair(self, guild_id: GuildId, repair_id: str) -> Repaired | None:
        del guild_id
        if self.error:
            raise self.error
        self.repairs.append(repair_id)
        return self.repaired
