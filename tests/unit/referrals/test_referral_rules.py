"""What a link is worth, who a visitor is, which variant they see."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import at
from tests.referring import CODE, campaign, link
from usher.referrals.model import Variant
from usher.referrals.rules import State, is_code, state_of, variant_for, visitor_of


@pytest.mark.parametrize(
    ("of_link", "of_campaign", "state"),
    [
        ({}, {}, State.OPEN),
        ({"active": False}, {}, State.PAUSED),
        ({}, {"paused": True}, State.PAUSED),
        ({}, {"active_from": at(1)}, State.EARLY),
        ({}, {"active_from": at(0)}, State.OPEN),
        ({"expires_at": at(0)}, {}, State.EXPIRED),
        ({"expires_at": at(1)}, {}, State.OPEN),
        ({"active": False}, {"active_to": at(0)}, State.EXPIRED),
        ({}, {"active_from": at(1), "paused": True}, State.PAUSED),
    ],
)
def test_a_link_is_open_early_paused_or_over(
    of_link: dict[str, object], of_campaign: dict[str, object], state: State
) -> None:
    assert state_of(link(**of_link), campaign(**of_campaign), at(0)) is state


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.booleans())
def test_what_is_over_stays_over(ends: int, later: int, paused: bool) -> None:
    ended = campaign(active_to=at(ends), paused=paused)
    if state_of(link(), ended, at(later)) is State.EXPIRED:
        assert state_of(link(), ended, at(later) + timedelta(days=9)) is State.EXPIRED


@pytest.mark.parametrize("code", ["abc", "Spring-2026", "a_b", "x" * 32, "12345678"])
def test_codes_are_words_of_a_path(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize(
    "code", ["", "ab", "x" * 33, "-abc", "abc-", "a b", "a/b", "ä" * 4, "abc\n"]
)
def test_what_breaks_in_a_path_is_no_code(code: str) -> None:
    assert not is_code(code)


def test_a_visitor_is_the_same_for_a_day_and_nobody_the_day_after() -> None:
    today, tomorrow = b"1" * 32, b"2" * 32
    name = visitor_of(today, "203.0.113.7", "Firefox")

    assert name == visitor_of(today, "203.0.113.7", "Firefox")
    assert name not in (
        visitor_of(tomorrow, "203.0.113.7", "Firefox"),
        visitor_of(today, "203.0.113.8", "Firefox"),
        visitor_of(today, "203.0.113.7", "Chrome"),
    )
    assert "203" not in name


@given(st.text(max_size=40))
def test_a_visitor_keeps_their_variant(seed: str) -> None:
    two = (Variant("a", "A", ""), Variant("b", "B", "", weight=3))

    shown = variant_for(two, CODE, seed)

    assert shown in two
    assert shown == variant_for(two, CODE, seed)


def test_variants_are_shown_by_their_weight() -> None:
    two = (Variant("a", "A", ""), Variant("b", "B", "", weight=3), Variant("c", "C", "", weight=0))
    seen = Counter(one.name for n in range(4_000) if (one := variant_for(two, CODE, str(n))))

    assert seen["c"] == 0
    assert 850 < seen["a"] < 1_150


def test_without_variants_there_is_none() -> None:
    assert variant_for((), CODE, "x") is None
    assert variant_for((Variant("a", "A", "", weight=0),), CODE, "x") is None
