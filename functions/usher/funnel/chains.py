"""The chain of a link: click, invite, join, onboarding, conversion (SPEC 5.8)."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol

from usher.frozen import frozen
from usher.funnel.model import Event, EventKind, Journey, Trace
from usher.ids import GuildId, InviteCode, UserId
from usher.referrals.model import Link, LinkCode

NOBODY: Final = UserId("")
MOST_OF_A_DAY: Final = 2_000
"""Joins of one day among which a visitor's are looked for."""
INVITE_LIFE: Final = timedelta(minutes=10)

type Place = tuple[str, str]
"""Time and member of the last one of a page."""


@frozen
class Chain:
    """One visitor's or member's way, as far as it is known."""

    trace: Trace
    invite: InviteCode | None
    journey: Journey | None
    """None for a visitor who has not joined."""


class ChainRows(Protocol):
    """Steps on links. Every method may raise AwsError."""

    def events(
        self, code: LinkCode, kind: EventKind, before: Place | None, limit: int
    ) -> tuple[Event, ...]:
        """Read steps of a kind, newest first, that come before one of this time and member."""
        ...

    def joins(self, code: LinkCode, begin: datetime, end: datetime, most: int) -> tuple[Event, ...]:
        """Read joins of a time, oldest first."""
        ...

    def taken(
        self, guild_id: GuildId, events: Iterable[Event]
    ) -> dict[tuple[UserId, datetime], Journey]:
        """Read the journeys that joins began."""
        ...

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        """Read a member's journeys, oldest first."""
        ...

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        """Read what is known of the click that led to an invite, or to a member's sign-in."""
        ...

    def invite_of(self, code: LinkCode, visitor: str) -> InviteCode | None:
        """Read the newest invite that was made for a visitor."""
        ...


@frozen
class Chains:
    """Puts chains together: a few reads each, however busy the link."""

    rows: ChainRows

    def newest(self, link: Link, before: Place | None, limit: int) -> tuple[Chain, ...]:
        """Tell who came by a link, newest first."""
        return self._of(link, self.rows.events(link.code, EventKind.JOIN, before, limit))

    def of_member(self, link: Link, user_id: UserId) -> tuple[Chain, ...]:
        """Tell a member's ways by a link, newest first."""
        mine = [
            one
            for one in self.rows.journeys(link.guild_id, user_id)
            if one.place is not None and one.place.link == link.code
        ]
        return tuple(
            Chain(self.rows.trace(link.code, user_id, one.invite), one.invite, one)
            for one in reversed(mine)
        )

    def of_visitor(self, link: Link, visitor: str) -> tuple[Chain, ...]:
        """Tell a visitor's ways by a link, newest first; a visitor's name is of one day."""
        invite = self.rows.invite_of(link.code, visitor)
        if invite is None:
            return ()
        trace = self.rows.trace(link.code, NOBODY, invite)
        if trace.clicked_at is None:
            return ()
        day = datetime.combine(trace.clicked_at.astimezone(UTC).date(), time(), UTC)
        end = day + timedelta(days=1) + INVITE_LIFE
        joins = self.rows.joins(link.code, day, end, MOST_OF_A_DAY)
        found = self._of(link, [one for one in reversed(joins) if one.trace.visitor == visitor])
        return found or (Chain(trace, invite, None),)

    def _of(self, link: Link, joins: Iterable[Event]) -> tuple[Chain, ...]:
        joins = tuple(joins)
        known = self.rows.taken(link.guild_id, joins)
        found = ((one, known.get((one.user_id, one.at))) for one in joins)
        return tuple(
            Chain(event.trace, journey.invite, journey)
            for event, journey in found
            if journey is not None
        )
