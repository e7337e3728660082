"""Judging conversions by the limits of guild and campaign, and what the table knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.funnel.holds import EVERY, Limits, holds_setting, read_limits
from usher.funnel.model import Journey, Signal, Trace
from usher.funnel.signals import AROUND, RECENT, SKEW, Evidence, late_signals, signals_of
from usher.ids import GuildId, UserId
from usher.referrals.model import Link, LinkCode


class EvidenceRows(Protocol):
    """What the table knows. Every method may raise AwsError."""

    def setting(self, guild_id: GuildId, name: str) -> str | None:
        """Read a setting."""
        ...

    def joins(self, code: LinkCode, first: datetime, last: datetime, most: int) -> int:
        """Count a link's joins of a time, up to `most`."""
        ...

    def counted(self, code: LinkCode, first: datetime, last: datetime) -> frozenset[UserId]:
        """Name whose conversions of a time count for a link, and nobody has reviewed."""
        ...

    def converting(
        self, guild_id: GuildId, visitor: str, user_id: UserId, now: datetime
    ) -> frozenset[UserId]:
        """Note that a member converts by a visitor; name all who did. Again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class TableJudge:
    """Implements Judge."""

    rows: EvidenceRows

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Look at a journey that has converted by a link."""
        limits = self._limits(link)
        return signals_of(journey, link, limits, self._evidence(journey, link, trace, limits))

    def late(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Look again for what others may have added since it was looked at."""
        limits = self._limits(link)
        return tuple(late_signals(limits, self._evidence(journey, link, trace, limits)))

    def others(
        self, journey: Journey, link: Link, trace: Trace, now: datetime
    ) -> frozenset[UserId]:
        """Name whose conversions a journey may speak against: of its burst, or its visitor."""
        limits = self._limits(link)
        found: frozenset[UserId] = frozenset()
        if now - journey.joined_at <= RECENT and self._is_burst(journey, link, limits):
            found |= self.rows.counted(link.code, journey.joined_at - AROUND - SKEW, now)
        won = journey.conversion
        if won is not None and now - won.at <= RECENT:
            members = self._members(journey, trace, limits)
            found |= members if len(members) >= limits.visitor else frozenset()
        return found - {journey.user_id}

    def _limits(self, link: Link) -> Limits:
        names = (EVERY, holds_setting(link.campaign_id))
        return read_limits(*(self.rows.setting(link.guild_id, name) for name in names))

    def _is_burst(self, journey: Journey, link: Link, limits: Limits) -> bool:
        """Whether anybody who joined around a journey's begin may be in a burst."""
        if limits.burst <= 1:
            return False  # then everybody was held as they came
        first, last = journey.joined_at - 2 * AROUND, journey.joined_at + 2 * AROUND
        return self.rows.joins(link.code, first, last, limits.burst) >= limits.burst

    def _evidence(self, journey: Journey, link: Link, trace: Trace, limits: Limits) -> Evidence:
        joins = 1
        if limits.burst > 1:
            first, last = journey.joined_at - AROUND, journey.joined_at + AROUND
            joins = max(1, self.rows.joins(link.code, first, last, limits.burst))
        return Evidence(joins, max(1, len(self._members(journey, trace, limits))))

    def _members(self, journey: Journey, trace: Trace, limits: Limits) -> frozenset[UserId]:
        """Name who converted by the same visitor, this member included."""
        won = journey.conversion
        if not (limits.visitor and trace.visitor and won is not None):
            return frozenset()
        return self.rows.converting(journey.guild_id, trace.visitor, journey.user_id, won.at)
