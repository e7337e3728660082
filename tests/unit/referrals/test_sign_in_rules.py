"""State, browser and verifier of a sign-in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.referrals.sign_in_rules import challenge_of, is_token, verifier_of


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, Appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(st.text(), st.text(), st.text())
def test_a_verifier_belongs_to_one_browser_and_one_state(one: str, other: str, state: str) -> None:
    assert len(verifier_of(one, state)) == 43  # RFC 7636, 4.1: 43 to 128 characters
    assert (verifier_of(one, state) == verifier_of(other, state)) == (one == other)
    assert (verifier_of(state, one) == verifier_of(state, other)) == (one == other)


@pytest.mark.parametrize("text", ["", None, "ä", "x" * 129])
def test_what_cannot_be_ours_is_not_looked_up(text: str | None) -> None:
    assert not is_token(text)
