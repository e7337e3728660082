"""What attribution keeps of a guild between observations, and what it decides.

All of it is frozen: the rules map (Stored, Observation) to a Decision, the store writes the
Decision, and nothing else changes these values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from usher.attribution.facts import Fact
from usher.attribution.outcomes import Confidence, Kind, Method, Outcome, Reason
from usher.contracts.observation import Person
from usher.ids import ChannelId, InviteCode, UserId


class CodeStatus(StrEnum):
    """The life of an invite (SPEC 1.10)."""

    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    GONE = "gone"
    """Ended, by use or by hand: not yet told apart."""


@dataclass(frozen=True, slots=True)
class CodeState:
    """One invite as last seen. The vanity code is one too, with inviter `VANITY`."""

    code: InviteCode
    inviter_id: UserId | None
    channel_id: ChannelId | None
    uses: int | None
    """Highest count seen; None until Discord has shown one."""
    max_uses: int
    max_age: int
    temporary: bool
    created_at: datetime | None
    expires_at: datetime | None
    status: CodeStatus = CodeStatus.ACTIVE
    ended_at: datetime | None = None
    told: bool = False
    """Discord sent its deletion: a list that still shows it lags behind."""
    only: tuple[UserId, ...] = ()
    """The users who can use it; empty for everybody."""
    joins: int = 0
    """Uses seen since Usher watches."""
    last_used_at: datetime | None = None
    named: int = 0
    """Joins by it that Discord's record tells of and no use that was seen: they are among the uses
    that were there when Usher came."""
    counted: int = 0
    """Uses credited by count alone, for whoever made them (SPEC 3.2, import)."""
    warned: bool = False
    """The clock has told that it expires soon."""
    made_for: UserId | None = None
    """The member for whom Usher made it: `inviter_id`, though Discord names the bot."""


class Weight(StrEnum):
    """How strongly a use asks for a join."""

    SEEN = "seen"
    """The count rose: somebody joined."""
    LAST = "last"
    """The code vanished when all its remaining uses could be spent by known joins."""
    MAYBE = "maybe"
    """The code ended, or moved unwatched: it may have served a join, or none."""
    HIDDEN = "hidden"
    """Contained in the counts of a first look: names no code, serves any number of joins."""


@dataclass(frozen=True, slots=True)
class Use:
    """Uses of one code that became visible at one moment, `count` of them."""

    code: InviteCode
    inviter_id: UserId | None
    count: int
    weight: Weight
    since: datetime | None
    """No earlier join can have made it: the code did not exist, or its use would have been shown
    before. None for no bound."""
    until: datetime
    """When it was seen: no later join can have made it."""
    uses_before: int | None
    reason: Reason = Reason.SEVERAL_POSSIBLE
    """What to tell when a join has this use as its only, uncertain, candidate."""
    only: tuple[UserId, ...] = ()
    """The users who can have made it; empty for everybody."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What is known of a join beyond counting: it stands, whatever the counts say."""

    kind: Kind
    code: InviteCode | None
    """None for a join without an invite."""
    inviter_id: UserId | None
    confidence: Confidence
    method: Method
    link: str | None = None
    """The referral link of whom Usher added."""


@dataclass(frozen=True, slots=True)
class Adding:
    """Usher asked Discord to add somebody, who has not been seen joining yet."""

    user_id: UserId
    at: datetime
    inviter_id: UserId | None = None
    link: str | None = None
    done: bool = True
    """Discord said that it did; else only its own record of the join can tell."""


@dataclass(frozen=True, slots=True)
class OpenJoin:
    """A join whose evidence is still open, with the word last given on it."""

    person: Person
    joined_at: datetime
    at: datetime
    outcome: Outcome
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Joins and the uses that explain them, solved together."""

    id: str
    joins: tuple[OpenJoin, ...]
    uses: tuple[Use, ...]
    pooled: Mapping[UserId, int] = field(default_factory=dict)
    """Credits given to inviters for uses of this group that no single join is paired with."""


@dataclass(frozen=True, slots=True)
class Prune:
    """A prune's entry in the audit log, and how many of its leaves are still to be found."""

    at: datetime
    by: UserId | None
    left: int


@dataclass(frozen=True, slots=True)
class Head:
    """The guild's versioned state: small, written with every observation."""

    version: int = 0
    """0 for a guild never seen."""
    looked_at: datetime | None = None
    """End of the last look that showed counts."""
    blind_since: datetime | None = None
    """The first of the latest looks that were refused, failed or lacked counts; None when the last
    one showed everything."""
    shown_at: datetime | None = None
    """End of the last look that showed everything, the vanity counter too."""
    gap: bool = False
    """The listener was away since the last look that showed counts."""
    vanity_code: InviteCode | None = None
    open: Group = field(default_factory=lambda: Group("", (), ()))
    closed_until: datetime | None = None
    """Latest `until` of the closed groups: a join older than that arrives late."""
    since: datetime | None = None
    """When the guild was first seen: who joined before is not a join that was missed."""
    seen_at: datetime | None = None
    """When the last observation was sealed."""
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    """The latest absences of the listener, oldest first."""
    forgotten: datetime | None = None
    """The latest join that was put away before its ten minutes of evidence had been seen."""
    added: tuple[Adding, ...] = ()
    """Whom Usher added lately and whose joins have not been told."""
    departures: tuple[tuple[UserId, datetime], ...] = ()
    """Who left a moment ago, and when; why may still come to be known."""
    prunes: tuple[Prune, ...] = ()
    """Prunes of a moment ago whose leaves have not all arrived."""
    by_name: bool = False
    """Members were imported by name: use counts are credited no more."""
    off: tuple[tuple[datetime, datetime | None], ...] = ()
    """When tracking was off, oldest first; the last span may not have ended."""
    settings: int = 0
    """The version with which a setting was changed last: what was read since then holds."""


type Membership = tuple[UserId, datetime]
"""Who joined when: with the guild, the identity of a join (SPEC 1.8)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the rules are given: the head, and of the rest what this observation touches."""

    head: Head = field(default_factory=Head)
    codes: Mapping[InviteCode, CodeState] = field(default_factory=dict)
    """Every code on a full look; else at least those that the observation names."""
    known: Mapping[Membership, Outcome | None] = field(default_factory=dict)
    """Memberships already recorded among those of the observation, with the word on record where
    it is still the member's latest membership."""
    closed: tuple[Group, ...] = ()
    """Groups closed within the evidence window; needed only when a join arrives late."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one observation changes."""

    head: Head
    codes: tuple[CodeState, ...]
    """Only the codes that changed."""
    closed: tuple[Group, ...]
    """Groups closed now, to be kept for the evidence window."""
    reopened: tuple[str, ...]
    """Ids of closed groups that are open again."""
    facts: tuple[Fact, ...]
