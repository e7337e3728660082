"""A signed body may be anything: the answer is never an error of ours."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.interactions.doors import Front, event
from tests.unit.slash.payloads import data, interaction, option, slash

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
NAMES = st.sampled_from(["invite", "view", "codes", "export_invite_logs", "user", "page", "from"])
SNOWFLAKES = st.sampled_from(["80351110224678912", "-1", "٣", "9" * 20, "9" * 30, ""])
OPTION: st.SearchStrategy[dict[str, object]] = st.deferred(
    lambda: st.fixed_dictionaries(
        {},
        optional={
            "name": NAMES | JSON,
            "type": st.integers(0, 12) | JSON,
            "value": JSON | SNOWFLAKES,
            "options": st.lists(OPTION, max_size=3) | JSON,
        },
    )
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "name": NAMES | JSON,
        "type": st.integers(0, 4) | JSON,
        "options": st.lists(OPTION | JSON, max_size=3) | JSON,
        "resolved": JSON | st.dictionaries(st.just("users"), JSON),
    },
)
INTERACTION = st.fixed_dictionaries(
    {"type": st.integers(0, 6) | JSON},
    optional={
        "id": SNOWFLAKES | JSON,
        "token": st.text(min_size=1, max_size=9) | JSON,
        "guild_id": SNOWFLAKES | JSON,
        "locale": JSON,
        "user": st.fixed_dictionaries({"id": SNOWFLAKES}) | JSON,
        "member": st.fixed_dictionaries(
            {"user": st.fixed_dictionaries({"id": SNOWFLAKES}), "permissions": SNOWFLAKES | JSON}
        )
        | JSON,
        "data": DATA | JSON,
    },
)


@given(JSON | INTERACTION)
@settings(max_examples=400, deadline=None)
def test_any_signed_json_is_answered(body: object) -> None:
    status, answer = Front().send(body)

    assert status in (200, 400)
    assert status == 400 or answer["type"] in (1, 4, 5, 8)


@given(DATA)
@settings(max_examples=400, deadline=None)
def test_any_command_data_is_answered(body: object) -> None:
    status, answer = Front().send(interaction(2, body, permissions=32))

    assert status == 200
    assert answer["type"] in (4, 5)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_signed_bytes_are_answered(body: bytes) -> None:
    assert Front().raw(event(body, base64=True))[0] in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"ping"',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"type": ' + b"1" * 5000 + b"}",
        b'{"type": 1e999}',
        b'{"type": true}',
        b'{"type": 1.0}',
        b'{"type": "1"}',
        b'{"type": 99}',
        b'{"type": NaN}',
        b"\xff\xfe\x00",
        b"\x00",
    ],
)
def test_a_body_that_is_no_interaction_is_a_bad_request(body: bytes) -> None:
    assert Front().raw(event(body, base64=True)) == (400, {"error": "not an interaction"})


@pytest.mark.parametrize(
    "changes",
    [{"id": None}, {"id": "x"}, {"token": None}, {"token": ""}, {"member": None}, {"member": {}}],
)
def test_an_interaction_without_an_address_is_a_bad_request(changes: dict[str, object]) -> None:
    assert Front().send(slash("invite view") | changes)[0] == 400


@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], {}, "x", "٣", "-1", str(1 << 64)])
def test_a_wrong_value_is_answered_with_a_sentence(value: object) -> None:
    status, answer = Front().send(slash("invite view", option("user", value, 6)))

    assert status == 200
    assert "`user`" in json.dumps(answer)


def test_options_that_carry_lone_surrogates_are_answered() -> None:
    body = slash("export_invite_logs", option("from", "\ud800"), permissions=32)

    assert Front().send(body)[0] == 200
    assert Front().send(interaction(2, data("\udfff")))[0] == 200
