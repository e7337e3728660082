"""Dispatches on their way to the gateway: lost, doubled, out of order, held, late."""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.practice.intents import Dispatch, Dispatches

type Deliver = Callable[[Dispatches], None]


@dataclass(slots=True)
class Countdown:
    """A number of times for one kind of event, any kind for None."""

    kind: str | None
    times: int

    def take(self, event: str) -> bool:
        """Tell whether an event is meant, and count it if so."""
        if not self.times or self.kind not in (None, event):
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class _Shuffle:
    kinds: frozenset[str]
    window: int
    waiting: Dispatches = field(default_factory=list)


class DispatchFaults:
    """What happens to dispatches between the change they tell of and the sessions.

    In this order: lost, doubled, shuffled, held, delayed. The change itself has happened and
    shows over REST; sequence numbers are given at delivery.
    """

    def __init__(self) -> None:
        self._deliver: Deliver | None = None
        self._lost: list[Countdown] = []
        self._doubled: list[tuple[Countdown, float]] = []
        self._shuffles: list[_Shuffle] = []
        self._held_kinds: set[str | None] = set()
        self._held: Dispatches = []
        self._delays: dict[str | None, float] = {}
        self._late: list[tuple[float, int, Dispatch]] = []
        self._count = 0

    def carry(self, dispatches: Dispatches, deliver: Deliver) -> None:
        """Pass dispatches on to `deliver`, now or later, as the faults have it."""
        self._deliver = deliver
        ready: Dispatches = []
        for dispatch in dispatches:
            for copy, extra in self._copies(dispatch):
                for passed in self._shuffled(copy):
                    ready += self._in_time(passed, extra)
        deliver(ready)

    def lose(self, kind: str | None, times: int) -> None:
        """Lose the next dispatches of a kind."""
        self._lost.append(Countdown(kind, times))

    def duplicate(self, kind: str | None, times: int, after: float) -> None:
        """Send the next dispatches of a kind twice, the second time `after` seconds later."""
        self._doubled.append((Countdown(kind, times), after))

    def reorder(self, window: int, kinds: frozenset[str]) -> None:
        """Gather the next `window` dispatches of the kinds and deliver them in reverse."""
        self._shuffles.append(_Shuffle(kinds, window))

    def hold(self, kind: str | None) -> None:
        """Hold dispatches of a kind back until they are released."""
        self._held_kinds.add(kind)

    def delay(self, kind: str | None, seconds: float) -> None:
        """Deliver dispatches of a kind late; 0 seconds ends it."""
        self._delays[kind] = seconds

    def release(self) -> None:
        """Deliver at once, in order, whatever is shuffled, held or late, and hold no more."""
        waiting = [item for shuffle in self._shuffles for item in reversed(shuffle.waiting)]
        waiting += self._held
        waiting += [dispatch for _, _, dispatch in sorted(self._late, key=lambda item: item[:2])]
        self._shuffles, self._held, self._late = [], [], []
        self._held_kinds.clear()
        if waiting and self._deliver is not None:
            self._deliver(waiting)

    def clear(self) -> None:
        """End every fault and deliver what was kept back."""
        self._lost, self._doubled = [], []
        self._delays.clear()
        self.release()

    def _copies(self, dispatch: Dispatch) -> list[tuple[Dispatch, float]]:
        if any(fault.take(dispatch.event) for fault in self._lost):
            return []
        for fault, after in self._doubled:
            if fault.take(dispatch.event):
                return [(dispatch, 0.0), (dispatch, after)]
        return [(dispatch, 0.0)]

    def _shuffled(self, dispatch: Dispatch) -> Dispatches:
        for shuffle in self._shuffles:
            if shuffle.kinds and dispatch.event not in shuffle.kinds:
                continue
            shuffle.waiting.append(dispatch)
            if len(shuffle.waiting) < shuffle.window:
                return []
            self._shuffles.remove(shuffle)
            return shuffle.waiting[::-1]
        return [dispatch]

    def _in_time(self, dispatch: Dispatch, extra: float) -> Dispatches:
        if None in self._held_kinds or dispatch.event in self._held_kinds:
            self._held.append(dispatch)
            return []
        delay = extra + self._delays.get(dispatch.event, self._delays.get(None, 0.0))
        if delay <= 0:
            return [dispatch]
        loop = asyncio.get_running_loop()
        self._count += 1
        heapq.heappush(self._late, (loop.time() + delay, self._count, dispatch))
        loop.call_later(delay, self._deliver_due, loop)
        return []

    def _deliver_due(self, loop: asyncio.AbstractEventLoop) -> None:
        # A timer may fire a little before its time; its resolution is what the loop allows for.
        now = loop.time() + 0.001
        due: Dispatches = []
        while self._late and self._late[0][0] <= now:
            due.append(heapq.heappop(self._late)[2])
        if due and self._deliver is not None:
            self._deliver(due)
