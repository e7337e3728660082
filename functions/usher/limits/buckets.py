"""What one process remembers of Discord's buckets: pure, times are epoch seconds."""

from dataclasses import dataclass, field
from typing import Final

from usher.limits.rules import Answer, Lane

CALLERS: Final = 5
"""Processes that may ask of one bucket at the same time: the effects function's concurrency."""
HOT_SECONDS: Final = 60.0
"""So long after it was empty, a bucket is not trusted to be full when a window begins."""
PAD_SECONDS: Final = 0.05
"""Windows end at Discord, and the answer was on its way to here."""
ON_ITS_WAY: Final = 0.25
"""Seconds a call may take to Discord: one that leaves later may count in the next window."""
EVERYTHING: Final = "*"
"""The bucket of the whole bot."""
MOST_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a route. Discord says it with every answer, and may change it."""

    bucket: str
    """Empty where the route has no limit of its own."""
    limit: int = 0
    window: float = 0.0
    """Seconds, the longest seen."""


@dataclass(slots=True)
class Window:
    """A bucket as last heard of."""

    left: int
    ends: float
    hot_until: float = 0.0
    mine: int = 0
    """Calls of this process that were answered in it."""
    born: float = 0.0
    """When it was begun for all; which one of a bucket's windows it is."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A bucket that is empty until then."""

    key: str
    until: float


@dataclass(frozen=True, slots=True)
class News:
    """What others may want to know."""

    learned: Known | None = None
    closed: Closed | None = None


@dataclass(slots=True)
class Buckets:
    """Buckets in memory."""

    known: dict[str, Known] = field(default_factory=dict)
    """By route."""
    windows: dict[str, Window] = field(default_factory=dict)
    """By key."""
    closed: dict[str, float] = field(default_factory=dict)
    """Until when, by key."""

    def key(self, lane: Lane) -> str:
        """Name the bucket that a call counts against, the route itself while that is unknown."""
        known = self.known.get(lane.route)
        return f"{known.bucket}|{lane.major}" if known is not None and known.bucket else lane.key

    def wait(self, lane: Lane, now: float) -> tuple[float, bool]:
        """Seconds until a call may be made, 0 for now; and whether nobody may call at all."""
        everywhere = self.closed.get(EVERYTHING, 0.0) - now
        if everywhere > 0:
            return everywhere, True
        key = self.key(lane)
        until = max(self.closed.get(key, 0.0), self.closed.get(lane.key, 0.0))
        window = self.windows.get(key)
        if window is not None and window.left <= 0:
            until = max(until, window.ends)
        return max(0.0, until - now), False

    def crowded(self, lane: Lane, now: float) -> bool:
        """Whether calls of several processes together may be more than the bucket holds.

        An unknown route's first call tells; until then others wait.
        """
        known = self.known.get(lane.route)
        if known is None:
            return True
        if not known.bucket:
            return False
        if known.limit < CALLERS:
            return True
        window = self.windows.get(self.key(lane))
        if window is None:
            return False
        return window.hot_until > now or (window.ends > now and window.left < CALLERS)

    def fresh(self, lane: Lane, now: float) -> Window | None:
        """Tell what a shared window begins with, this call counted; None for an unknown route.

        Less than 0 left: this call must wait for the next one.
        """
        known = self.known.get(lane.route)
        if known is None:
            return None
        window = self.windows.get(self.key(lane))
        if window is not None and window.ends > now + ON_ITS_WAY:
            # Where others call too, more of theirs may be on their way: who is late waits.
            others = known.limit - window.left - window.mine
            return Window(-1 if others > 0 else window.left - 1, window.ends)
        return Window(max(0, known.limit - 1), now + known.window + 2 * PAD_SECONDS)

    def heat(self, lane: Lane, window: Window, now: float) -> None:
        """Note what the shared window says."""
        key = self.key(lane)
        before = self.windows.get(key)
        hot = before.hot_until if before is not None else 0.0
        if window.left <= 0:
            hot = now + HOT_SECONDS
        self.windows[key] = Window(window.left, window.ends, hot)

    def spend(self, lane: Lane, now: float) -> None:
        """Count a call that is made now."""
        window = self.windows.get(self.key(lane))
        if window is not None and window.ends > now:
            window.left -= 1

    def close(self, closed: Closed) -> None:
        """Note that a bucket is empty."""
        self.closed[closed.key] = max(closed.until, self.closed.get(closed.key, 0.0))

    def note(self, lane: Lane, answer: Answer, now: float) -> News:
        """Learn from an answer; say what is news to others."""
        self._forget(now)
        learned = self._learn(lane, answer)
        key, ends = self.key(lane), now + answer.reset_after + PAD_SECONDS
        closed: Closed | None = None
        if answer.remaining is not None and not answer.everywhere:
            before = self.windows.get(key)
            hot, mine = 0.0, 1
            if before is not None:
                hot, mine = before.hot_until, mine + (before.mine if before.ends > now else 0)
            if answer.remaining == 0:
                hot = now + HOT_SECONDS
            self.windows[key] = Window(answer.remaining, ends, hot, mine)
            if answer.remaining == 0:
                closed = Closed(key, ends)
        if answer.status == 429 and not answer.banned:
            closed = self._limited(lane, answer, now)
        if closed is not None:
            self.close(closed)
        return News(learned, closed)

    def _limited(self, lane: Lane, answer: Answer, now: float) -> Closed:
        until = now + answer.wait
        if answer.everywhere:
            return Closed(EVERYTHING, until)
        if answer.shared or answer.remaining:
            # Some routes have a limit of their own beside the bucket's, a channel's name for one.
            return Closed(lane.key, until)
        return Closed(self.key(lane), max(until, now + answer.reset_after))

    def _learn(self, lane: Lane, answer: Answer) -> Known | None:
        before = self.known.get(lane.route)
        if answer.bucket is None or answer.limit is None:
            if before is None and answer.status < 300:
                self.known[lane.route] = known = Known("")
                return known
            return None
        window = answer.reset_after
        if before is not None and (before.bucket, before.limit) == (answer.bucket, answer.limit):
            if window <= before.window + 2 * PAD_SECONDS:
                return None
            window = max(window, before.window)
        known = self.known[lane.route] = Known(answer.bucket, answer.limit, window)
        return known

    def _forget(self, now: float) -> None:
        if len(self.windows) + len(self.closed) < MOST_KEPT:
            return
        self.windows = {
            key: one for key, one in self.windows.items() if max(one.ends, one.hot_until) > now
        }
        self.closed = {key: until for key, until in self.closed.items() if until > now}
