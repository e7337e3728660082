"""What the funnel asks of the world, and what other rooms call."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from usher.frozen import frozen
from usher.funnel.model import Journey, Metadata, Outcome, Signal, Trace
from usher.funnel.notices import Notice
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import Link, LinkCode


@frozen
class Started:
    """A member began the onboarding."""

    guild_id: GuildId
    user_id: UserId
    at: datetime
    joined_at: datetime | None = None
    """Begin of the membership where it is known; the latest otherwise."""
    claimed: LinkCode | None = None
    """The link that a partner named; counts where evidence names none."""


@frozen
class Converted:
    """A member became what the campaign is for."""

    guild_id: GuildId
    user_id: UserId
    at: datetime
    value: Decimal = Decimal(0)
    metadata: Metadata = field(default_factory=dict)
    joined_at: datetime | None = None
    """Begin of the membership where it is known; the latest otherwise."""
    claimed: LinkCode | None = None
    """The link that a partner named; counts where evidence names none."""


class Steps(Protocol):
    """Records how far members get: each step once a membership, in any order, however often told.

    Both raise AwsError, and StaleError where others would not stop; calling again is harmless.
    """

    def onboarding_started(self, step: Started) -> Outcome:
        """Record that the onboarding was begun."""
        ...

    def converted(self, step: Converted) -> Outcome:
        """Record a conversion and count it, or hold it where something speaks against it."""
        ...


@frozen
class Review:
    """A reviewer's word on a conversion that was held."""

    guild_id: GuildId
    user_id: UserId
    joined_at: datetime
    by: UserId
    at: datetime
    approve: bool


@frozen
class Arrival:
    """A member's latest membership as attribution knows it."""

    joined_at: datetime
    left_at: datetime | None = None
    link: LinkCode | None = None
    invite: InviteCode | None = None
    forgotten: bool = False
    """Nothing is known any more of what the invite was made for."""


class Reviews(Protocol):
    """Decides on conversions that are held."""

    def review(self, review: Review) -> Journey | None:
        """Let a held conversion count, or never; the first word stays.

        Return the journey as it is then; None where there is no such conversion. Raises AwsError,
        and StaleError where others would not stop.
        """
        ...


class HeldRows(Protocol):
    """Conversions that wait for a reviewer. Every method may raise AwsError."""

    def held(
        self, guild_id: GuildId, after: tuple[str, str] | None, limit: int
    ) -> tuple[Journey, ...]:
        """Read who waits, longest first, that come after one of this time and name."""
        ...


class JourneyRows(Protocol):
    """Memberships as attributed and as counted. Every method may raise AwsError."""

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        """Read a member's latest membership, and by which link it came; None for nobody known."""
        ...

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        """Read a member's journeys, oldest first."""
        ...

    def link(self, code: LinkCode) -> Link | None:
        """Read a link without its counters."""
        ...

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        """Read what is known of the click that led to an invite, or to a member's sign-in."""
        ...

    def save(self, before: Journey, after: Journey, trace: Trace) -> None:
        """Write the next version of a journey, its events, and what it adds to every count.

        Raises StaleError where somebody else was at it meanwhile.
        """
        ...


class Judge(Protocol):
    """Tells what speaks against a conversion. May raise AwsError."""

    def signals(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Look at a journey that has converted by a link."""
        ...

    def late(self, journey: Journey, link: Link, trace: Trace) -> tuple[Signal, ...]:
        """Look again for what others may have added since it was looked at."""
        ...

    def others(
        self, journey: Journey, link: Link, trace: Trace, now: datetime
    ) -> frozenset[UserId]:
        """Name whose conversions a journey may speak against: of its burst, or its visitor."""
        ...


class Teller(Protocol):
    """Tells others what was counted."""

    def conversion_recorded(self, journey: Journey) -> None:
        """Tell that a conversion counts. May be told again; raises an error of its queue."""
        ...

    def conversion_withdrawn(self, journey: Journey) -> None:
        """Tell that one does not count after all. May be told again; raises the same."""
        ...


class Settling(Protocol):
    """Does what a crash has left. Raises AwsError and StaleError."""

    def settle(self, guild_id: GuildId, user_id: UserId, joined_at: datetime) -> None:
        """Tell others what they are still to hear of a conversion."""
        ...


class NoticeRows(Protocol):
    """What admins are to be told of conversions that are held. Every method may raise AwsError."""

    def notice(self, guild_id: GuildId) -> Notice | None:
        """Read what is to be told; None where nobody is to be told anything."""
        ...

    def waiting(self, guild_id: GuildId) -> int:
        """Count the conversions that wait for a review."""
        ...

    def told(
        self, guild_id: GuildId, notice: Notice, told_at: datetime | None, due_at: datetime
    ) -> None:
        """Take off what was told, where `told_at` says so, and have the row looked at again.

        Raises StaleError where another had it looked at again.
        """
        ...

    def over(self, guild_id: GuildId, notice: Notice) -> None:
        """Forget all of it; raises StaleError where something was held meanwhile."""
        ...
