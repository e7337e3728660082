"""When to look at a guild's invites, and which events go with which look.

A state machine without clock or connection: it is told what happened and when, and answers with
what to do. One `GuildGatherer` serves one guild; `due` says when to call `advance`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from gateway_listener.headcount import Headcount
from gateway_listener.look import Known, diff_look, known_rows
from gateway_listener.tally import visible_uses
from gateway_listener.timing import (
    DOUBTED,
    GATHER,
    GIVE_UP,
    LOOK_SPACING,
    PATIENCE,
    RETRIES,
    SOON,
    looks_for_lag,
    with_last,
)
from usher.contracts.observation import (
    GatewayEvent,
    InviteDeleted,
    InviteLook,
    MemberJoined,
    Observation,
    VanityLook,
)
from usher.ids import GuildId, InviteCode, UserId

ASKING: Final = (MemberJoined, InviteDeleted)
"""Events that a look can explain; an invite's last use deletes it."""
REFUSALS: Final = frozenset({401, 403, 404})
"""Answers that time does not heal; 10,000 in 10 minutes would get the address banned."""

type Names = tuple[tuple[UserId, str], ...]


@dataclass(frozen=True, slots=True)
class LookNow:
    """Ask Discord for the guild's invites and vanity code, then call `answered`."""


type Step = LookNow | Observation


class GuildGatherer:
    """The gathering of one guild. Every time it is given must be no earlier than the last."""

    def __init__(self, guild_id: GuildId, new_id: Callable[[], str], *, gap: bool = True) -> None:
        self.guild_id = guild_id
        self.guild_name = ""
        self.looking = False
        """Whether a look is in flight."""
        self.refused = False
        """Whether Discord refused the last look, as it does without Manage Server."""
        self.seen = False
        """Whether a look has been answered since the last absence, be it by a refusal."""
        self._headcount = Headcount()
        self._new_id = new_id
        self._gap = gap
        self._returned = True
        """No look has been good since the start or the last absence."""
        self._doubted_until: datetime | None = None
        self._last_looks: list[datetime] = []
        """For those who joined before a start or in an absence, and for ten minutes after."""
        self._events: list[GatewayEvent] = []
        self._names: dict[UserId, str] = {}
        # The last good look, to compare with.
        self._rows: dict[InviteCode, Known] | None = None
        self._vanity: VanityLook | None = None
        self._look_at: datetime | None = None
        self._lag_looks: list[datetime] = []
        self._looked_at: datetime | None = None
        self._hold_until: datetime | None = None
        self._failures = 0
        self._rechecking = False
        self._joins = 0
        self._unexplained = 0
        self._last_join: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether the invites are known since the last absence, or will not be told."""
        return self._rows is not None or self.refused

    # ------------------------------------------------------------ what happened

    def start(self, at: datetime) -> None:
        """Begin anew after an absence, with a look at `at`."""
        self.lost()
        self.look_by(at)

    def lost(self) -> None:
        """Note an absence: the next observation has a gap, and the next good look is full."""
        self._gap = self._returned = True
        self.seen = False
        self._rows = None
        self._vanity = None

    def counted(self, members: object) -> None:
        """Take the number of members as Discord tells it now."""
        self._headcount.told(members, self._events)

    def look_by(self, at: datetime) -> None:
        """Look at `at`, unless a look is to come before."""
        self._look_at = at if self._look_at is None else min(self._look_at, at)

    def take(self, event: GatewayEvent, names: Names = ()) -> None:
        """Take in an event received at `event.at`."""
        self._events.append(event)
        self._names.update(names)
        if _is_human_join(event):
            self._joins += 1
            self._last_join = event.at
        elif isinstance(event, InviteDeleted) and self._rows is not None:
            # An invite made and spent between two looks: no count will ever show its use.
            self._joins -= event.code not in self._rows
        if isinstance(event, ASKING):
            self.look_by(event.at + GATHER)

    def permissions_changed(self, at: datetime) -> None:
        """Look again soon if the last look was refused, because roles were changed."""
        if self.refused and not self.looking and not self._rechecking:
            self._rechecking = True
            self._hold_until = None
            self.look_by(at + RETRIES[1])

    # ------------------------------------------------------------ what to do

    def due(self) -> datetime | None:
        """When `advance` has something to do next; None until something happens."""
        times = (None if self.looking else self._next_look(), self._send_at())
        return min((at for at in times if at is not None), default=None)

    def advance(self, now: datetime) -> Step | None:
        """Do the next thing that is due, if any; call again until there is none."""
        look_at = self._next_look()
        if look_at is not None and look_at <= now and not self.looking:
            self.looking = True
            self._looked_at = now
            self._look_at = None
            self._lag_looks = [moment for moment in self._lag_looks if moment > now]
            self._last_looks = [moment for moment in self._last_looks if moment > now]
            return LookNow()
        send_at = self._send_at()
        return self.seal(now) if send_at is not None and send_at <= now else None

    def seal(self, now: datetime) -> Observation | None:
        """Send what is gathered without waiting for anything; None when there is nothing."""
        return self._seal(now, len(self._events)) if self._events else None

    def hurry(self, now: datetime) -> None:
        """Make a look that events wait for due now."""
        if self._events and self._look_at is not None:
            self._look_at = min(self._look_at, now)
            self._looked_at = None

    def answered(
        self,
        now: datetime,
        look: InviteLook,
        vanity: VanityLook | None,
        names: Names = (),
        retry_after: timedelta | None = None,
    ) -> Observation:
        """End the look in flight with its answer, and send it with the events that precede it.

        An event received before the answer was complete belongs to it: its use may be in there.
        Later ones wait for the next. `retry_after` is what Discord asked for with a 429.
        """
        self.looking = self._rechecking = False
        self.seen = True
        self._look_at = None
        count = sum(1 for _ in takewhile(lambda event: event.at <= look.at, self._events))
        later = self._events[count:]
        if look.ok:
            self._after_good_look(now, look, vanity, sum(map(_is_human_join, later)))
        else:
            self._after_failed_look(now, look.status, retry_after)
        if asking := [event for event in later if isinstance(event, ASKING)]:
            self.look_by(asking[0].at + GATHER)
        partial = diff_look(self._rows, look)
        if look.ok:
            self._rows = known_rows(look)
        if vanity is not None and vanity.ok:
            self._vanity = vanity
        inviters = {row.inviter_id for row in partial.rows}
        self._names.update((user_id, name) for user_id, name in names if user_id in inviters)
        return replace(self._seal(now, count), look=partial, vanity=vanity)

    # ------------------------------------------------------------ inside

    def _after_good_look(
        self, now: datetime, look: InviteLook, vanity: VanityLook | None, later_joins: int
    ) -> None:
        """Plan looks for counts that lag behind the joins: two soon, and one at the last moment."""
        self._failures, self.refused, self._hold_until = 0, False, None
        fresh = self._joins - later_joins
        self._joins = later_joins
        seen = visible_uses(self._rows, self._vanity, look, vanity)
        self._unexplained = max(0, self._unexplained + fresh - seen)
        if not self._unexplained:
            self._lag_looks = []
        elif fresh > seen:
            self._lag_looks = looks_for_lag(self._lag_looks, now)
        elif fresh > 0:
            # What is seen may be the use of a join before: any of them may be the one without.
            self._lag_looks = with_last(self._lag_looks, now)
        elif not self._lag_looks:
            self._unexplained = 0
        if self._returned:
            self._doubted_until = now + DOUBTED
        doubted = self._doubted_until is not None and now < self._doubted_until
        if self._returned or (fresh > 0 and doubted):
            self._last_looks = with_last(self._last_looks, now)
        self._returned = False

    def _after_failed_look(self, now: datetime, status: int, retry_after: timedelta | None) -> None:
        """Plan the next try, while one can still tell something."""
        pause = RETRIES[min(self._failures, len(RETRIES) - 1)]
        self._hold_until = now + max(pause, retry_after or pause)
        self._failures += 1
        self.refused = status in REFUSALS
        if self.refused and self._failures > len(RETRIES):
            self._last_looks = []
            return
        recent = self._last_join is not None and now - self._last_join < GIVE_UP
        if self._rows is None or (recent and self._joins + self._unexplained > 0):
            self.look_by(self._hold_until)

    def _next_look(self) -> datetime | None:
        wanted = [*self._lag_looks, *self._last_looks]
        if self._look_at is not None:
            wanted.append(self._look_at)
        if not wanted:
            return None
        limits = [min(wanted)]
        if self._looked_at is not None:
            limits.append(self._looked_at + LOOK_SPACING)
        if self._hold_until is not None:
            limits.append(self._hold_until)
        return max(limits)

    def _send_at(self) -> datetime | None:
        """When the first event must go, with a look or without."""
        if not self._events:
            return None
        first = self._events[0].at
        if self.looking:
            return first + PATIENCE
        look_at = self._next_look()
        if look_at is not None and look_at <= first + SOON:
            return max(look_at, first + GATHER)
        return first + GATHER

    def _seal(self, now: datetime, count: int) -> Observation:
        events = tuple(self._events[:count])
        self._headcount.move(events)
        observation = Observation(
            id=self._new_id(),
            guild_id=self.guild_id,
            guild_name=self.guild_name,
            at=now,
            events=events,
            gap=self._gap,
            names=tuple(self._names.items()),
            member_count=self._headcount.now,
        )
        del self._events[:count]
        self._names.clear()
        self._gap = False
        return observation


def _is_human_join(event: GatewayEvent) -> bool:
    return isinstance(event, MemberJoined) and not event.person.bot
