"""Stored state comes back as it was, short, without names, and never as something else."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import at, by, by_vanity, open_between, person, unknown
from usher.attribution.model import (
    Adding,
    CodeState,
    CodeStatus,
    Group,
    Head,
    OpenJoin,
    Pin,
    Prune,
    Use,
    Weight,
)
from usher.attribution.outcomes import Confidence, Kind, Method, Reason, Unattributed
from usher.attribution.state_codec import (
    COMPRESS_OVER,
    StateError,
    decode_code,
    decode_group,
    decode_head,
    encode_code,
    encode_group,
    encode_head,
)
from usher.contracts.observation import Person
from usher.ids import ChannelId, InviteCode, UserId

MOMENTS = st.datetimes(
    min_value=datetime(2015, 1, 1),  # noqa: DTZ001 - hypothesis wants it bare
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SNOWFLAKES = st.integers(0, 2**64 - 1).map(lambda number: UserId(str(number)))
CODES = st.text(min_size=1, max_size=12).map(InviteCode)
OUTCOMES = st.sampled_from(
    [
        by("900"),
        by(None),
        replace(by("900"), code=None, uses_before=None, uses_after=None),
        by_vanity(),
        open_between("a", "b"),
        replace(unknown(Reason.BOT_ADDED), kind=Kind.BOT),
        Unattributed(Reason.NOT_BY_INVITE, Kind.DISCOVERY, Confidence.CONFIRMED),
    ]
)
JOINS = st.builds(
    OpenJoin,
    st.builds(
        Person, SNOWFLAKES, st.just(""), st.just(""), bot=st.booleans(), has_avatar=st.booleans()
    ),
    MOMENTS,
    MOMENTS,
    OUTCOMES,
    st.none()
    | st.builds(
        Pin,
        st.sampled_from(Kind),
        st.none() | CODES,
        st.none() | SNOWFLAKES,
        st.sampled_from(Confidence),
        st.sampled_from(Method),
    ),
)
COUNTS = st.integers(0, 2**31)
USES = st.builds(
    Use,
    CODES,
    st.none() | SNOWFLAKES,
    COUNTS,
    st.sampled_from(Weight),
    st.none() | MOMENTS,
    MOMENTS,
    st.none() | COUNTS,
    st.sampled_from(Reason),
    st.lists(SNOWFLAKES, max_size=2).map(tuple),
)
GROUPS = st.builds(
    Group,
    st.text(max_size=20),
    st.lists(JOINS, max_size=4).map(tuple),
    st.lists(USES, max_size=4).map(tuple),
    st.dictionaries(SNOWFLAKES, st.integers(-5, 5), max_size=3),
)
HEADS = st.builds(
    Head,
    version=st.integers(0, 2**31),
    looked_at=st.none() | MOMENTS,
    blind_since=st.none() | MOMENTS,
    shown_at=st.none() | MOMENTS,
    gap=st.booleans(),
    vanity_code=st.none() | CODES,
    open=GROUPS,
    closed_until=st.none() | MOMENTS,
    since=st.none() | MOMENTS,
    seen_at=st.none() | MOMENTS,
    gaps=st.lists(st.tuples(MOMENTS, MOMENTS), max_size=3).map(tuple),
    forgotten=st.none() | MOMENTS,
    added=st.lists(
        st.builds(
            Adding,
            user_id=SNOWFLAKES,
            at=MOMENTS,
            inviter_id=st.none() | SNOWFLAKES,
            link=st.none() | st.text(max_size=8),
            done=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    departures=st.lists(st.tuples(SNOWFLAKES, MOMENTS), max_size=3).map(tuple),
    prunes=st.lists(st.builds(Prune, MOMENTS, st.none() | SNOWFLAKES, COUNTS), max_size=3).map(
        tuple
    ),
    by_name=st.booleans(),
    off=st.lists(st.tuples(MOMENTS, st.none() | MOMENTS), max_size=3).map(tuple),
    settings=st.integers(0, 2**31),
)
STATES = st.builds(
    CodeState,
    code=CODES,
    inviter_id=st.none() | SNOWFLAKES,
    channel_id=st.none() | st.just(ChannelId("5")),
    uses=st.none() | COUNTS,
    max_uses=COUNTS,
    max_age=COUNTS,
    temporary=st.booleans(),
    created_at=st.none() | MOMENTS,
    expires_at=st.none() | MOMENTS,
    status=st.sampled_from(CodeStatus),
    ended_at=st.none() | MOMENTS,
    told=st.booleans(),
    only=st.lists(SNOWFLAKES, max_size=2).map(tuple),
    joins=COUNTS,
    last_used_at=st.none() | MOMENTS,
    named=COUNTS,
    counted=COUNTS,
    warned=st.booleans(),
    made_for=st.none() | SNOWFLAKES,
)


@given(HEADS)
def test_a_head_comes_back(head: Head) -> None:
    assert decode_head(encode_head(head), head.version) == head


@given(GROUPS)
def test_a_group_comes_back(group: Group) -> None:
    assert decode_group(encode_group(group)) == group


@given(STATES)
def test_a_code_comes_back(state: CodeState) -> None:
    assert decode_code(state.code, encode_code(state)) == state


def test_every_field_is_thought_of() -> None:
    """A new field must be written, read, and drawn above."""
    assert [len(fields(kind)) for kind in (CodeState, Head, Group, Use, OpenJoin)] == [
        19,
        18,
        4,
        9,
        5,
    ]


def test_people_are_kept_by_id_alone() -> None:
    join = OpenJoin(person("7", name="ann"), at(0), at(0), by("900"))

    text = encode_group(Group("g", (join,), ()))

    assert "ann" not in text.casefold()
    assert '"7"' in text


def test_five_hundred_open_joins_with_many_candidates_fit_an_item() -> None:
    # Given a raid: 500 joins, each with 300 possible codes (the most that the rules keep open)
    outcome = open_between(*(f"code{number:05}" for number in range(300)))
    joins = tuple(OpenJoin(person(str(10**17 + n)), at(n), at(n), outcome) for n in range(500))

    text = encode_head(Head(3, open=Group("", joins, ())))

    # Then the text is compressed far below DynamoDB's 400 KB, and comes back
    assert len(text) < 100_000
    assert len(decode_head(text, 3).open.joins) == 500


def test_small_state_is_plain_json() -> None:
    text = encode_head(Head(3, looked_at=at(0)))

    assert len(text) < COMPRESS_OVER
    assert json.loads(text)["gap"] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "z:",
        "z:!!",
        "z:AAAA",
        '{"id":"g","joins":[[]],"uses":[],"pooled":{}}',
        '{"id":"g","joins":[],"uses":[["a"]],"pooled":{}}',
        '{"id":"g","joins":[["7",0,0,1,1,["X","invite"]]],"uses":[],"pooled":{}}',
        '{"id":"g","joins":[["7",0,0,1e99,1,["U","invite","no_use_seen"]]],"uses":[],"pooled":{}}',
    ],
)
def test_what_is_no_state_is_told(text: str) -> None:
    with pytest.raises(StateError):
        decode_group(text)
    with pytest.raises(StateError):
        decode_head(text, 1)
    with pytest.raises(StateError):
        decode_code(InviteCode("abc"), text)
