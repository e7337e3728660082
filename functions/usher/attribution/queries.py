"""What can be asked about attribution: the read models and the Protocol that stores implement."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, InviteCode, UserId


class OutcomeName(StrEnum):
    """Which of the three outcomes (SPEC 1.2)."""

    ATTRIBUTED = "attributed"
    AMBIGUOUS = "ambiguous"
    UNATTRIBUTED = "unattributed"


@frozen
class MemberOrigin:
    """How a member came the last time, by the last word on it."""

    user_id: UserId
    joined_at: datetime | None
    left_at: datetime | None
    """None while present."""
    outcome: OutcomeName
    kind: Kind
    code: InviteCode | None = None
    inviter_id: UserId | None = None
    """`VANITY` for the vanity code."""
    confidence: Confidence = Confidence.NONE
    method: Method | None = None
    candidates: tuple[InviteCode, ...] = ()
    reason: Reason | None = None
    cause: Cause | None = None
    """Why they went; None while present."""
    removed_by: UserId | None = None
    """Who kicked, banned or pruned them, where that is known."""
    verdict: tuple[str, ...] = ()
    """The rules by which the membership is fake; none when it is not."""
    untracked: bool = False
    """They joined while tracking was off."""

    @property
    def pending(self) -> bool:
        """Whether the leave is held: their inviter was open when they left (SPEC 2.2).

        It counts against nobody until evidence names the inviter.
        """
        if self.left_at is None or self.joined_at is None:
            return False
        if self.outcome is not OutcomeName.UNATTRIBUTED:
            return self.outcome is OutcomeName.AMBIGUOUS
        return self.reason not in _SETTLED and self.left_at - self.joined_at < EVIDENCE_COMES


EVIDENCE_COMES: Final = timedelta(hours=7)
"""How long after a join evidence can still name its inviter; candidates stand for good."""

_SETTLED: Final = frozenset({Reason.BOT_ADDED, Reason.NOT_BY_INVITE})
"""Reasons that no evidence will change: nobody invited them."""


@frozen
class CodeSummary:
    """An active invite of a member."""

    code: InviteCode
    uses: int | None
    """None until Discord has shown a count."""
    max_uses: int
    """0 for no limit."""
    expires_at: datetime | None
    channel_id: ChannelId | None
    joins: int
    """Uses matched with joins that Usher saw."""


class InviteReads(Protocol):
    """Attribution as commands see it. Every method may raise an error of its store."""

    def origin(self, guild_id: GuildId, user_id: UserId) -> MemberOrigin | None:
        """Read how a member came; None for somebody whose join was never seen."""
        ...

    def codes_of(
        self, guild_id: GuildId, inviter_id: UserId, now: datetime
    ) -> tuple[CodeSummary, ...]:
        """Read a member's codes that are active and not expired at `now`, most used first."""
        ...
