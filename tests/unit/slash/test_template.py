"""Templates of guilds: a closed set of placeholders, filled once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.slash.template import render


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {member}!", "Hello <@7>!"),
        ("{inviter:name} {inviter:tag}", "Ida {inviter:tag}"),
        ("{member", "{member"),
        ("{ member }", "{ member }"),
        ("{member.name} {member!r} {0}", "{member.name} {member!r} {0}"),
        ("{{member}}", "{<@7>}"),
        ("", ""),
    ],
)
def test_known_placeholders_are_filled_and_others_stay_as_typed(text: str, expected: str) -> None:
    assert render(text, {"member": "<@7>", "inviter:name": "Ida"}) == expected


def test_values_are_not_looked_through_again() -> None:
    assert render("{a}{b}", {"a": "{b}", "b": "{a}"}) == "{b}{a}"


@given(st.text())
def test_without_known_placeholders_every_text_stays_as_it_is(text: str) -> None:
    assert render(text, {}) == text
