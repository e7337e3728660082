"""Lengths of time as they are typed and said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.moderation.durations import (
    LONGEST,
    SHORTEST,
    read_duration,
    say_duration,
    suggested,
)
from usher.slash.errors import UserError


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("1m", 60),
        ("90s", 90),
        ("2h30m", 9_000),
        ("2 hours, 30 minutes", 9_000),
        ("7d", 604_800),
        ("1w", 604_800),
        (" 1 Day ", 86_400),
        ("1y", 31_536_000),
        ("permanent", None),
        ("Forever", None),
    ],
)
def test_what_moderators_type_is_understood(typed: str, seconds: int | None) -> None:
    length = read_duration(typed)
    assert (None if length is None else length.total_seconds()) == seconds


@pytest.mark.parametrize("typed", ["", "soon", "5", "1x", "-3d", "m", "1d!", "1,5h", "99999999d"])
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(UserError) as caught:
        read_duration(typed)
    assert "2h30m" in caught.value.sentence


@pytest.mark.parametrize(
    ("typed", "words"), [("5s", "at least"), ("6y", "at most"), ("0m", "least")]
)
def test_bounds_are_said(typed: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read_duration(typed)


def test_some_things_end() -> None:
    with pytest.raises(UserError):
        read_duration("permanent", permanent=False)


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(typed: str) -> None:
    try:
        length = read_duration(typed)
    except UserError:
        return
    assert length is None or SHORTEST <= length <= LONGEST


@given(st.text(max_size=20), st.booleans())
def test_every_suggestion_is_understood(typed: str, permanent: bool) -> None:
    for shown, value in suggested(typed, permanent=permanent):
        assert shown
        read_duration(value, permanent=permanent)


def test_lengths_are_said_by_their_two_largest_units() -> None:
    assert say_duration(timedelta(days=400, minutes=3)) == "1 year 35 days"
    assert say_duration(timedelta(hours=2, minutes=30, seconds=5)) == "2 hours 30 minutes"
    assert say_duration(None) == "for good"
