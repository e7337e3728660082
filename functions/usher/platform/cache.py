"""What a warm container remembers for some seconds, the least recently used thrown out first.

Standard library only: the front may hold one. Threads may share it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final, Protocol

from usher.frozen import frozen

LIFE_SECONDS: Final = 10.0
"""How old what is read may be (SPEC 11.7): a change made elsewhere is seen after that long."""

MOST_KEPT: Final = 1000
"""Values a container keeps; settings of a guild take about a kilobyte."""


@frozen
class Uses:
    """How often a value was there, and how often it had to be read."""

    hits: int = 0
    misses: int = 0


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


def measure_uses(meter: Meter, uses: Uses) -> None:
    """Count hits and misses: their ratio is the hit rate."""
    meter.count("SettingsRead", uses.hits, {"result": "hit"})
    meter.count("SettingsRead", uses.misses, {"result": "miss"})


@dataclass(slots=True)
class Cache[G: Hashable, V]:
    """Values by group and name. A group, such as a guild, is forgotten at once."""

    life: float = LIFE_SECONDS
    most: int = MOST_KEPT
    clock: Callable[[], float] = monotonic
    _kept: OrderedDict[tuple[G, str], tuple[float, V]] = field(default_factory=OrderedDict)
    _version: int = 0
    """Moves whenever something is forgotten: what was being read then may be of before."""
    _hits: int = 0
    _misses: int = 0
    _lock: Lock = field(default_factory=Lock)

    def get(self, group: G, name: str, read: Callable[[], V]) -> V:
        """Return a value that is at most `life` seconds old; raises what `read` raises."""
        began, key = self.clock(), (group, name)
        with self._lock:
            found = self._kept.get(key)
            if found is not None and began < found[0]:
                self._kept.move_to_end(key)
                self._hits += 1
                return found[1]
            self._misses += 1
            version = self._version
        value = read()
        with self._lock:
            if version == self._version:
                self._kept[key] = began + self.life, value
                self._kept.move_to_end(key)
                while len(self._kept) > self.most:
                    self._kept.popitem(last=False)
        return value

    def forget(self, group: G) -> None:
        """Throw away what is kept of a group: it has changed, or may have."""
        with self._lock:
            self._version += 1
            for key in [key for key in self._kept if key[0] == group]:
                del self._kept[key]

    def take_uses(self) -> Uses:
        """Say how it was used since this was asked last."""
        with self._lock:
            uses = Uses(self._hits, self._misses)
            self._hits = self._misses = 0
            return uses
