"""What attribution finds to have happened: each fact becomes a line of the ledger."""

from dataclasses import dataclass
from datetime import datetime

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Outcome
from usher.contracts.observation import Person
from usher.ids import InviteCode, UserId


@dataclass(frozen=True, slots=True)
class JoinRecorded:
    """The first word on a join. Every join gets exactly one."""

    person: Person
    joined_at: datetime
    at: datetime
    outcome: Outcome
    recovered: bool = False
    """Found after an absence of the listener, not seen."""
    imported: bool = False
    """Told by an import: a member before Usher watched, or one that it missed."""


@dataclass(frozen=True, slots=True)
class JoinRevised:
    """Later evidence changed the word on a join; nothing before it is overwritten."""

    user_id: UserId
    joined_at: datetime
    at: datetime
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class MemberDeparted:
    """A member left, was kicked, banned or pruned: the leave was seen."""

    user_id: UserId
    at: datetime
    cause: Cause = Cause.UNKNOWN
    by: UserId | None = None
    """Who kicked, banned or pruned them."""
    began_by: datetime | None = None
    """The latest time at which the membership that ended can have begun, where that is known."""


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A member was kicked, banned or pruned: that was told, and the leave not with it."""

    user_id: UserId
    at: datetime
    cause: Cause
    by: UserId | None = None
    left_at: datetime | None = None
    """When the leave was seen, if it was seen a moment ago."""
    missed: bool = False
    """It happened in an absence of the listener: the leave was not seen."""
    began_by: datetime | None = None
    """The latest time at which the membership that ended can have begun, where that is known."""


@dataclass(frozen=True, slots=True)
class PoolCredited:
    """Credit for uses whose pairing is unknown although the inviter's use is certain (SPEC 1.3)."""

    group_id: str
    inviter_id: UserId
    delta: int
    """Positive to grant; negative when a pairing became known and took its place."""
    at: datetime
    imported: InviteCode | None = None
    """The code whose uses, from before Usher watched, are credited by count."""


type Fact = JoinRecorded | JoinRevised | MemberDeparted | MemberRemoved | PoolCredited
