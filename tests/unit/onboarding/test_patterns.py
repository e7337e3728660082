"""Forms of answers: they mean what regular expressions mean, and cannot run away."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.onboarding.patterns import NAMED, PatternError, check, matches

LETTERS = st.sampled_from(
    ["a", "b", "-", ".", "\\d", "\\w", "\\s", "[a-c]", "[^a]", "[ab1]", "\\."]
)
COUNTS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,}", "{0,2}", "{1,3}"])
FORMS = st.lists(st.tuples(LETTERS, COUNTS).map("".join), max_size=5).map("".join)
PATTERNS = st.lists(FORMS, min_size=1, max_size=3).map("|".join)


@given(PATTERNS, st.text("ab1 -.c", max_size=8))
def test_a_pattern_means_what_a_regular_expression_means(pattern: str, text: str) -> None:
    assert matches(pattern, text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        ("(a)", 0),
        ("a(b", 1),
        ("a**", 2),
        ("[a", 0),
        ("[b-a]", 1),
        ("a{", 1),
        ("a{2", 1),
        ("a{x}", 1),
        ("a{3,2}", 1),
        ("a{401}", 1),
        ("a{400}b", 7),
        ("\\", 0),
        ("\\b", 0),
        ("a$", 1),
        ("a" * 201, 200),
    ],
)
def test_what_is_no_pattern_is_told_where(pattern: str, at: int) -> None:
    with pytest.raises(PatternError) as refused:
        check(pattern)
    assert refused.value.at == at


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("email", ["ana@example.com", "a.b+c@x.co.uk"], ["ana", "a@b", "a b@c.de", "@c.de"]),
        (
            "url",
            ["https://example.com/a?b", "http://a.de"],
            ["example.com", "https://", "ftp://a.b"],
        ),
        ("number", ["12", "-3", "1.5", ",5", "+7"], ["", "1.", "1e5", "twelve"]),
        ("date", ["2026-11-20"], ["20.11.2026", "2026-21-01"]),
        ("phone", ["+49 30 123456", "030/123-45"], ["12345", "call me"]),
        ("discord", ["ana_b.1"], ["a", "Ana", "a" * 33]),
    ],
)
def test_named_forms(name: str, good: list[str], bad: list[str]) -> None:
    assert name in NAMED
    assert [text for text in good if not matches(name, text)] == []
    assert [text for text in bad if matches(name, text)] == []


def test_no_pattern_runs_away() -> None:
    began = time.process_time()

    assert not matches("a*" * 60 + "b", "a" * 1000)

    assert time.process_time() - began < 5
