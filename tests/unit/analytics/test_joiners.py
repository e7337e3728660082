"""Sets of people: exact while they are small, a sketch beyond, and the same in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.analytics.joiners import MOST_KEPT, REGISTERS, Joiners
from usher.ids import UserId

IDS = st.sets(st.integers(0, 2**63).map(lambda number: UserId(str(number))), max_size=40)


def crowd(number: int, start: int = 0) -> Joiners:
    return Joiners.of(UserId(str(10**17 + one)) for one in range(start, start + number))


def kept(joiners: Joiners) -> Joiners:
    return Joiners.read(joiners.write())


@given(IDS, IDS)
def test_small_sets_are_exact(one: set[UserId], other: set[UserId]) -> None:
    united = kept(Joiners.of(one)) + kept(Joiners.of(other))

    assert united.exact
    assert united.count() == len(one | other)
    assert kept(united) == united


@pytest.mark.parametrize("number", [MOST_KEPT + 1, 2_000, 5_000, 6_000, 20_000])
def test_large_sets_are_told_within_some_percent(number: int) -> None:
    sketch = kept(crowd(number))

    assert not sketch.exact
    assert abs(sketch.count() - number) < 0.06 * number


def test_a_sketch_follows_from_the_set_alone() -> None:
    whole = kept(crowd(2_000))
    parts = [kept(crowd(500, start)) for start in range(0, 2_000, 500)]
    overlapping = kept(crowd(1_500)) + kept(crowd(1_500, 500))

    assert kept(sum(parts, Joiners())) == whole == overlapping
    assert sum(parts, Joiners()).count() == 2_000


@pytest.mark.parametrize("text", ["", "x", "iAAA=", "r" + "A" * (REGISTERS // 2)])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Joiners.read(text)
