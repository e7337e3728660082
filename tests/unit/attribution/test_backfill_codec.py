"""A backfill's state as text, and back."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import at
from usher.attribution.backfill_codec import decode_backfill, encode_backfill
from usher.attribution.backfill_state import Backfill, Hurdle, Place, Road, Status
from usher.attribution.state_codec import StateError
from usher.ids import UserId

MOMENTS = st.integers(0, 10**9).map(at)
STATES = st.builds(
    Backfill,
    run=st.text(min_size=1, max_size=20),
    started_by=st.none() | st.just(UserId("9")),
    started_at=MOMENTS,
    moved_at=MOMENTS,
    until=MOMENTS,
    status=st.sampled_from(Status),
    page=st.integers(0, 10**6),
    after=st.none() | st.builds(Place, st.just(UserId("7")), st.integers(0, 2**53)),
    awaited=st.none() | st.text(max_size=60),
    ending=st.none() | st.sampled_from(Status),
    hurdle=st.none() | st.sampled_from(Hurdle),
    finished_at=st.none() | MOMENTS,
    roads=st.dictionaries(st.sampled_from(Road), st.integers(1, 10**6)),
    news=st.integers(0, 10**6),
    named=st.booleans(),
    version=st.integers(0, 10**6),
)


@given(STATES)
def test_a_state_comes_back(backfill: Backfill) -> None:
    assert decode_backfill(encode_backfill(backfill), backfill.version) == backfill


def test_every_field_is_thought_of() -> None:
    """A new field must be written, read, and drawn above."""
    assert len(fields(Backfill)) == 16


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"run":1}'])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(StateError):
        decode_backfill(text, 1)
