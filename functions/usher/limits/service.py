"""Asking leave before each call of Discord, and learning from each answer.

Healthy buckets stay in memory. The table holds what others must know: who is empty until when,
what is nearly used up, and whether Discord may be asked at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from usher.limits.breaker import Closure, Why
from usher.limits.buckets import (
    CALLERS,
    EVERYTHING,
    ON_ITS_WAY,
    PAD_SECONDS,
    Buckets,
    Closed,
    Known,
    Window,
)
from usher.limits.ports import Pace, Shared, Tally
from usher.limits.rules import Answer, Lane, lane_of
from usher.limits.switch import Switch, Table

BOARD_SECONDS: Final = 1.0
"""How old what others have told may be; what is over sooner is not worth telling."""
UNKNOWN_SECONDS: Final = 2.0
"""How long others wait for the first answer of a route that nobody knows."""
ASK_AGAIN_SECONDS: Final = 0.25
NO_LIMIT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now."""

    seconds: float
    everywhere: bool = False
    """Nobody may call, not only here."""
    why: Why | None = None
    """Discord is closed."""
    paced: bool = False
    """Only the share of this moment is spent."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to make one call. What comes of it is to be told."""

    lane: Lane
    key: str = ""
    """The shared window that the call was taken from."""
    held: Window | None = None
    """What was left of it."""
    first: bool = False
    """Others wait for what it tells of the route."""
    probe: Closure | None = None
    """It tries whether Discord is open again."""


@dataclass(slots=True)
class Limiter:
    """One process's way to Discord. Threads may share it."""

    table: Table
    switch: Switch
    pace: Pace
    clock: Callable[[], float]
    """Epoch seconds."""
    buckets: Buckets = field(default_factory=Buckets)
    _tally: Tally = field(default_factory=Tally)
    _board_at: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def ask(self, method: str, path: str) -> Turn | Wait:
        """Ask leave for a call."""
        lane = lane_of(method, path)
        with self._lock:
            now = self.clock()
            self._look(now)
            found = self._hindered(lane, now) or self._probing(lane, now)
            if isinstance(found, Turn):
                self.buckets.spend(lane, now)
                self._tally.calls += 1
            elif found.why is not None:
                self._tally.closed += 1
            return found

    def tell(self, turn: Turn, answer: Answer) -> Wait | None:
        """Learn from an answer; a Wait where Discord is closed now."""
        with self._lock:
            now = self.clock()
            self._tally.refusals += answer.status in (401, 403, 429)
            self._tally.bans += answer.banned
            news = self.buckets.note(turn.lane, answer, now)
            if (known := news.learned) is not None and known.bucket:
                self.table.ask(lambda shared: shared.learn(turn.lane.route, known), None)
            if (closed := news.closed) is not None and _worth_telling(closed, now):
                self.table.ask(lambda shared: shared.close(closed), None)
            self._correct(turn, answer, now)
            why = self.switch.judge(answer, turn.probe, now)
            self._tally.closed += why is not None
            return None if why is None else Wait(self.switch.seconds(now), everywhere=True, why=why)

    def take_tally(self) -> Tally:
        """Say what was asked since this was asked last."""
        with self._lock:
            tally, self._tally = self._tally, Tally()
            return tally

    def _look(self, now: float) -> None:
        """Read what others have told, where it is time; at first what they know of routes."""
        if self._board_at is None:
            nothing: Mapping[str, Known] = {}
            self.buckets.known |= self.table.ask(lambda shared: shared.routes(), nothing)
        elif now - self._board_at < BOARD_SECONDS:
            return
        self._board_at = now
        board = self.table.ask(lambda shared: shared.board(now), None)
        if board is not None:
            self.switch.closure = board.closure
            for closed in board.closed:
                self.buckets.close(closed)

    def _hindered(self, lane: Lane, now: float) -> Wait | None:
        """Tell what is known to be in the way."""
        closure, seconds = self.switch.closure, self.switch.seconds(now)
        if closure is not None and seconds > 0:
            return Wait(seconds, everywhere=True, why=closure.why)
        seconds, everywhere = self.buckets.wait(lane, now)
        if seconds > 0:
            return Wait(seconds, everywhere)
        seconds = self.pace.wait(now)
        return Wait(seconds, everywhere=True, paced=True) if seconds > 0 else None

    def _probing(self, lane: Lane, now: float) -> Turn | Wait:
        """Take a turn, as the one who tries where Discord was closed."""
        closure = self.switch.closure
        if closure is None:
            return self._turn(lane, now)
        if not self.switch.try_again(now):
            return Wait(self.switch.seconds(now), everywhere=True, why=closure.why)
        turn = self._turn(lane, now, closure)
        if isinstance(turn, Wait):
            self.switch.leave(closure)
        return turn

    def _turn(self, lane: Lane, now: float, probe: Closure | None = None) -> Turn | Wait:
        """Take a call, from the shared window where the bucket is crowded."""
        alone: Turn | Wait = Turn(lane, probe=probe)
        if not self.buckets.crowded(lane, now):
            return alone
        return self.table.ask(lambda shared: self._share(shared, lane, now, probe), alone)

    def _share(self, shared: Shared, lane: Lane, now: float, probe: Closure | None) -> Turn | Wait:
        key = self.buckets.key(lane)
        held = shared.take(key, now)
        fresh = self.buckets.fresh(lane, now)
        if held is not None:
            if fresh is None:
                self.buckets.known |= shared.routes()
            self.buckets.heat(lane, held, now)
            return Turn(lane, key, held, probe=probe)
        first = fresh is None
        found = shared.window(key)
        if found is not None and found.ends > now:
            return self._behind(shared, lane, found, now, first=first)
        begun = fresh or Window(0, now + UNKNOWN_SECONDS)
        late, begun = begun.left < 0, Window(max(0, begun.left), begun.ends, born=now)
        if not shared.begin(key, begun, now):
            return Wait(ASK_AGAIN_SECONDS)
        if not first:
            self.buckets.heat(lane, begun, now)
        return Wait(begun.ends - now) if late else Turn(lane, key, begun, first, probe)

    def _behind(
        self, shared: Shared, lane: Lane, found: Window, now: float, *, first: bool
    ) -> Wait:
        """Wait for the next window; where nobody knows the route, for the one who asks first."""
        if first:
            self.buckets.known |= shared.routes()
            return Wait(ASK_AGAIN_SECONDS)
        self.buckets.heat(lane, Window(0, found.ends), now)
        return Wait(found.ends - now)

    def _correct(self, turn: Turn, answer: Answer, now: float) -> None:
        """Set the shared window right where Discord says otherwise.

        Calls of others that are on their way may be counted here already, and not there.
        """
        held, left, ends = turn.held, answer.remaining, now + answer.reset_after + PAD_SECONDS
        if held is None:
            return
        if turn.first and left is not None:
            # Others know the bucket by its name from now on.
            begun, name = Window(left, ends), self.buckets.key(turn.lane)
            self.table.ask(lambda shared: shared.begin(name, begun, now), otherwise=False)
            return
        if left is None:
            if not turn.first:
                return
            # No limit at all; or a refusal that says nothing of it: then somebody else asks first.
            left, ends = (NO_LIMIT, now + 1) if answer.status < 300 else (1, held.ends)
        elif left > 0 or (held.left == 0 and ends <= held.ends + ON_ITS_WAY):
            if held.left - left < CALLERS:
                return
        right = Window(left, ends, born=held.born)
        self.table.ask(lambda shared: shared.correct(turn.key, right, more=turn.first), None)


def _worth_telling(closed: Closed, now: float) -> bool:
    return closed.key == EVERYTHING or closed.until - now > BOARD_SECONDS
