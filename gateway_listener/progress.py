"""How far what the gateway sent has been sent on: what may be forgotten, what must be replayed.

An event remembers the point of the session before it until SQS has accepted it, and an absence the
point before it until what was missed has been read. The earliest of these is where another process
has to take the session up so that nothing is lost; what it then sees twice changes nothing.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId


@dataclass(frozen=True, slots=True)
class SessionPoint:
    """A point in a gateway session, or before the first one."""

    alive_at: datetime
    """Until when everything that happened has been heard."""
    session_id: str | None = None
    sequence: int = 0
    url: str = ""
    """`resume_gateway_url` of READY."""
    intents: int = 0
    """What the session was begun with; a resumed session keeps its intents."""


@dataclass(frozen=True, slots=True)
class _Hold:
    before: SessionPoint
    until: datetime


class Progress:
    """The present point of the session, and all earlier ones that something still hangs on."""

    def __init__(self, point: SessionPoint, *, fresh: bool = True) -> None:
        self.now: SessionPoint = point
        """Moved by the connection, after a dispatch has been taken."""
        self.fresh: bool = fresh
        """Whether nothing is known of any time before the process."""
        self.keep_now: Callable[[], None] = lambda: None
        """Called when the point should be kept at once, not with the next renewal of the lease."""
        self._milestone = False
        self._gathered: dict[GuildId, deque[SessionPoint]] = defaultdict(deque)
        self._sending: dict[GuildId, deque[SessionPoint]] = defaultdict(deque)
        self._holds: dict[GuildId, _Hold] = {}

    def take_up(self, point: SessionPoint) -> None:
        """Go on from where another process was."""
        self.now, self.fresh = point, False

    def moved(self, point: SessionPoint) -> None:
        """Note that everything up to `point` has been taken."""
        worth = self._milestone or point.session_id != self.now.session_id
        self.now, self._milestone = point, False
        if worth:
            self.keep_now()

    def reached(self) -> None:
        """Note that nobody should go on before the dispatch being taken, if that can be helped."""
        self._milestone = True

    def gathered(self, guild_id: GuildId) -> None:
        """Note that an event of the dispatch being taken waits in its guild's gatherer."""
        self._gathered[guild_id].append(self.now)

    def sealed(self, guild_id: GuildId, events: int) -> None:
        """Note that the first `events` of a guild's gathered events are a message on its way.

        While the guild is held, so is what a message without events tells.
        """
        waiting = self._gathered[guild_id]
        points = [waiting.popleft() for _ in range(min(events, len(waiting)))]
        if not waiting:
            del self._gathered[guild_id]
        before = points[0] if points else self.now
        if (hold := self._holds.get(guild_id)) is not None:
            before = min(before, hold.before, key=_order)
        self._sending[guild_id].append(before)

    def sent(self, guild_id: GuildId) -> None:
        """Note that the oldest message of a guild has been accepted."""
        waiting = self._sending[guild_id]
        if waiting:
            waiting.popleft()
        if not waiting:
            del self._sending[guild_id]

    def hold(self, guild_id: GuildId, before: SessionPoint, until: datetime) -> None:
        """Keep `before` until `release`, but no longer than `until`; an earlier hold stays."""
        held = self._holds.get(guild_id)
        if held is not None and _order(held.before) < _order(before):
            before = held.before
        self._holds[guild_id] = _Hold(before, until)

    def release(self, guild_id: GuildId) -> None:
        """End a hold."""
        self._holds.pop(guild_id, None)

    def safe(self, at: datetime) -> SessionPoint:
        """Tell the last point from which another process can go on without losing anything."""
        points = [self.now]
        points += [waiting[0] for waiting in self._gathered.values() if waiting]
        points += [waiting[0] for waiting in self._sending.values() if waiting]
        points += [hold.before for hold in self._holds.values() if at < hold.until]
        return min(points, key=_order)


def _order(point: SessionPoint) -> tuple[datetime, int]:
    return point.alive_at, point.sequence
