"""Judging conversions by the limits of guild and campaign, and what the table knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.funnel.holds import EVERY, Limits, holds_setting, read_limits
from usher.funnel.model import Journey, Signal, Trace
from usher.funnel.signals import AROUND, Evidence, signals_of
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

    def converting(self, guild_id: GuildId, visitor: str, user_id: UserId, now: datetime) -> int:
        """Note that a member converts by a visitor; count all who did. Again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class TableJudge:
    """Implements Judge."""

    rows: EvidenceRows

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Look at a journey that has converted by a link."""
        names = (EVERY, holds_setting(link.campaign_id))
        limits = read_limits(*(self.rows.setting(journey.guild_id, name) for name in names))
        return signals_of(journey, link, limits, self._evidence(journey, link, trace, limits))

    def _evidence(self, journey: Journey, link: Link, trace: Trace, limits: Limits) -> Evidence:
        joins, members = 1, 1
        if limits.burst > 1:
            first, last = journey.joined_at - AROUND, journey.joined_at + AROUND
            joins = max(1, self.rows.joins(link.code, first, last, limits.burst))
        if limits.visitor and trace.visitor and journey.conversion is not None:
            members = self.rows.converting(
                journey.guild_id, trace.visitor, journey.user_id, journey.conversion.at
            )
        return Evidence(joins, members)
