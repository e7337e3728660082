"""How long, as people write it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.timing.durations import read_duration, show_duration


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("10m", timedelta(minutes=10)),
        ("2h 30m", timedelta(hours=2, minutes=30)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1 week", timedelta(weeks=1)),
        ("  90 Seconds ", timedelta(seconds=90)),
        ("3 days 4 hours", timedelta(days=3, hours=4)),
        ("1 hr 5 mins", timedelta(hours=1, minutes=5)),
    ],
)
def test_what_people_write_is_read(typed: str, length: timedelta) -> None:
    assert read_duration(typed) == length


@pytest.mark.parametrize("typed", ["", " ", "10", "m", "soon", "10 months", "1h soon", "-5m", "0m"])
def test_what_is_no_duration_is_none(typed: str) -> None:
    assert read_duration(typed) is None


def test_a_duration_shows_its_two_largest_parts() -> None:
    assert show_duration(timedelta(days=1, hours=2, minutes=3)) == "1 day 2 hours"
    assert show_duration(timedelta(seconds=1)) == "1 second"


@given(st.integers(1, 10**9 - 1))
def test_what_is_suggested_is_read_back(seconds: int) -> None:
    assert read_duration(f"{seconds}s") == timedelta(seconds=seconds)


@given(st.text(max_size=30))
def test_no_text_breaks_it(typed: str) -> None:
    read_duration(typed)
