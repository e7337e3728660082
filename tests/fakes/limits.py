"""What all functions share of Discord's limits, in memory; and a Discord that counts calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from usher.limits.breaker import Closure
from usher.limits.buckets import ON_ITS_WAY, Closed, Known, Window
from usher.limits.ports import Board


class TableDownError(Exception):
    """The table does not answer."""


@dataclass
class FakeShared:
    """Implements Shared. Counts what DynamoDB would charge for."""

    known: dict[str, Known] = field(default_factory=dict)
    closure: Closure | None = None
    closed: list[Closed] = field(default_factory=list)
    windows: dict[str, Window] = field(default_factory=dict)
    slots: dict[int, int] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    down: bool = False
    reads: int = 0
    writes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def routes(self) -> Mapping[str, Known]:
        self._read()
        return dict(self.known)

    def learn(self, route: str, known: Known) -> None:
        self._write()
        self.known[route] = known

    def board(self, now: float) -> Board:
        self._read()
        return Board(self.closure, tuple(one for one in self.closed if one.until > now))

    def close(self, closed: Closed) -> None:
        self._write()
        self.closed.append(closed)

    def take(self, key: str, now: float) -> Window | None:
        self._write()
        with self._lock:
            window = self.windows.get(key)
            if window is None or window.ends <= now + ON_ITS_WAY or window.left <= 0:
                return None
            window.left -= 1
            return replace(window)

    def begin(self, key: str, window: Window, now: float) -> bool:
        self._write()
        with self._lock:
            before = self.windows.get(key)
            if before is not None and before.ends > now:
                return False
            self.windows[key] = replace(window, born=now)
            return True

    def window(self, key: str) -> Window | None:
        self._read()
        found = self.windows.get(key)
        return None if found is None else replace(found)

    def correct(self, key: str, window: Window, *, more: bool) -> None:
        self._write()
        with self._lock:
            held = self.windows.get(key)
            if held is None or abs(held.born - window.born) > 0.002:
                return
            if more or held.left >= window.left:
                self.windows[key] = replace(window)

    def token(self, slot: int, most: int) -> bool:
        self._write()
        with self._lock:
            if any(one > slot for one in self.slots) or self.slots.get(slot, 0) >= most:
                return False
            self.slots[slot] = self.slots.get(slot, 0) + 1
            return True

    def trip(self, closure: Closure, now: float) -> bool:
        self._write()
        with self._lock:
            if self.closure is not None and self.closure.until > now:
                return False
            self.closure = closure
            return True

    def probe(self, closure: Closure, now: float, until: float) -> bool:
        self._write()
        with self._lock:
            held = self.closure
            if held is None or abs(held.until - closure.until) > 0.002 or held.probe_until > now:
                return False
            self.closure = replace(held, probe_until=until)
            return True

    def leave(self, closure: Closure) -> None:
        self._write()
        if self.closure is not None and abs(self.closure.until - closure.until) < 0.002:
            self.closure = replace(self.closure, probe_until=0.0)

    def reopen(self, closure: Closure) -> None:
        self._write()
        if self.closure is not None and abs(self.closure.until - closure.until) < 0.002:
            self.closure = None

    def count_invalid(self, minute: int) -> int:
        self._write()
        self.minutes[minute] = self.minutes.get(minute, 0) + 1
        return self.minutes[minute]

    def invalid(self, first: int, last: int) -> int:
        self._read()
        return sum(count for minute, count in self.minutes.items() if first <= minute <= last)

    def _read(self) -> None:
        self._answer()
        self.reads += 1

    def _write(self) -> None:
        self._answer()
        self.writes += 1

    def _answer(self) -> None:
        if self.down:
            raise TableDownError


@dataclass
class FakeMoves:
    """Implements Moves."""

    claimed: dict[str, str | None] = field(default_factory=dict)

    def begin(self, move: str) -> None:
        self.claimed[move] = None

    def claim(self, move: str, who: str, *, only_if_begun: bool) -> bool:
        if move not in self.claimed and only_if_begun:
            return True
        owner = self.claimed.get(move) or who
        self.claimed[move] = owner
        return owner == who
