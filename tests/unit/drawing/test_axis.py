"""Marks are round and few, numbers short, and no label touches another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from usher.drawing.axis import marks, short, spread


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_marks_are_round_hold_everything_and_are_few(high: int, low: int) -> None:
    levels = marks(-low, high, 5)

    assert levels[0] <= -low <= 0 <= high <= levels[-1]
    assert 0 in levels
    assert 2 <= len(levels) <= 9
    assert len({b - a for a, b in pairwise(levels)}) == 1


@given(st.integers(0, 10**12))
def test_numbers_are_short(number: int) -> None:
    assert len(short(number)) <= 7


@given(st.integers(1, 200), st.floats(1, 60), st.floats(5, 120))
def test_labels_never_touch(number: int, step: float, width: float) -> None:
    centers = [step * place for place in range(number)]
    shown = [center for _, center in spread(["x"] * number, centers, lambda _: width, 18)]

    assert shown[0] == 0
    assert all(b - a >= width + 18 for a, b in pairwise(shown))
