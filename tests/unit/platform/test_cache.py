"""What is remembered: how long, how much, and never of before a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.platform.cache import Cache, Uses
from usher.platform.cached_settings import CachedSettings
from usher.platform.dynamo_reads import DynamoReads


@dataclass
class Clock:
    now: float = 0

    def __call__(self) -> float:
        return self.now


@dataclass
class Source:
    """Values that change, and how often they were read."""

    value: int = 0
    reads: int = 0

    def read(self) -> int:
        self.reads += 1
        return self.value


def test_a_value_is_read_once_in_ten_seconds() -> None:
    clock, source = Clock(), Source()
    cache: Cache[str, int] = Cache(clock=clock)

    for clock.now in (0, 5, 9.9, 10, 19):
        cache.get("g", "x", source.read)

    assert source.reads == 2
    assert cache.take_uses() == Uses(3, 2)
    assert cache.take_uses() == Uses()


def test_the_least_recently_used_goes_first() -> None:
    source = Source()
    cache: Cache[str, int] = Cache(most=2, clock=Clock())

    for name in ("a", "b", "a", "c", "a", "b"):
        cache.get("g", name, source.read)

    assert source.reads == 4  # a, b, c, and b again


def test_a_group_is_forgotten_and_others_are_not() -> None:
    source = Source()
    cache: Cache[str, int] = Cache(clock=Clock())
    cache.get("g", "x", source.read)
    cache.get("h", "x", source.read)

    cache.forget("g")

    cache.get("g", "x", source.read)
    cache.get("h", "x", source.read)
    assert source.reads == 3


def test_what_was_being_read_when_it_changed_is_not_remembered() -> None:
    source = Source()
    cache: Cache[str, int] = Cache(clock=Clock())

    def slow() -> int:
        before = source.read()
        source.value = 1
        cache.forget("g")
        return before

    assert cache.get("g", "x", slow) == 0
    assert cache.get("g", "x", source.read) == 1


def test_a_failed_read_is_raised_and_not_remembered() -> None:
    source = Source()
    cache: Cache[str, int] = Cache(clock=Clock())

    def fail() -> int:
        raise OSError

    with pytest.raises(OSError):
        cache.get("g", "x", fail)
    assert cache.get("g", "x", source.read) == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["read", "own change", "change elsewhere"]),
        st.sampled_from(["g", "h"]),
        st.floats(0, 12),
    )
)


@given(STEPS)
def test_nothing_is_ever_older_than_its_life_nor_than_an_own_change(
    steps: list[tuple[str, str, float]],
) -> None:
    clock = Clock()
    cache: Cache[str, int] = Cache(most=1, clock=clock)
    history: dict[str, list[tuple[float, int]]] = {"g": [(0, 0)], "h": [(0, 0)]}
    own = {"g": 0, "h": 0}
    for step, group, wait in steps:
        clock.now += wait
        told = history[group]
        if step == "read":
            newest = told[-1][1]
            value = cache.get(group, "x", Source(newest).read)
            gone = next((at for at, new in told if new == value + 1), clock.now)
            assert clock.now - gone < 10 or value == newest
            assert value >= own[group]
        else:
            told.append((clock.now, told[-1][1] + 1))
            if step == "own change":
                own[group] = told[-1][1]
                cache.forget(group)


@dataclass
class Table:
    """Implements Caller, and remembers what it was called for."""

    calls: list[tuple[str, object]] = field(default_factory=list)

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        self.calls.append((operation, request.get("Key")))
        return {"Item": {"value": {"S": str(len(self.calls))}}}


def test_settings_and_heads_are_remembered_and_nothing_else() -> None:
    table = Table()
    cache: Cache[str, dict[str, object]] = Cache(clock=Clock())
    reads = DynamoReads(CachedSettings(table, cache), "usher")

    for sort in ("S#guild#staff_role_id", "HEAD", "M#1", "C#1"):
        reads.get(("G#1", sort), consistent=True)
        reads.get(("G#1", sort))

    assert len(table.calls) == 6
    cache.forget("G#1")
    assert reads.get(("G#1", "HEAD")) == {"value": "7"}
