"""The wire form of a backfill's steps, beside the queue's other messages."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, at
from usher.contracts.backfill import BackfillStep, decode_request, encode_step
from usher.contracts.confirmation import ConfirmationRequest, encode_confirmation
from usher.contracts.errors import ContractError
from usher.ids import UserId

FIRST = BackfillStep(GUILD, "1001", at(0))
FULL = BackfillStep(
    guild_id=GUILD,
    run="1001",
    due_at=at(1.5),
    page=7,
    user_id=UserId("8"),
    started_by=UserId("9"),
    most=10_000,
    token="token",
    token_until=at(840),
    postponed=3,
)


@pytest.mark.parametrize("step", [FIRST, FULL, replace(FULL, page=0)])
def test_a_step_comes_back(step: BackfillStep) -> None:
    assert decode_request(encode_step(step)) == step


def test_confirmation_requests_are_told_apart() -> None:
    request = ConfirmationRequest(GUILD, "A guild", ((UserId("7"), at(0)),), 1, at(1), at(6))

    assert decode_request(encode_confirmation(request)) == request


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("guild_id", "x"),
        ("guild_id", None),
        ("run", ""),
        ("due_at", 5),
        ("page", -1),
        ("user_id", "me"),
        ("most", "many"),
        ("token", 7),
        ("postponed", None),
    ],
)
def test_what_is_no_step_is_refused(field: str, value: object) -> None:
    with pytest.raises(ContractError):
        decode_request(json.dumps({**json.loads(encode_step(FULL)), field: value}))


@given(st.text() | st.sampled_from(["[]", "null", '{"t":"backfill"}', "[" * 100_000]))
def test_nothing_but_a_contract_error_is_raised(body: str) -> None:
    with pytest.raises(ContractError):
        decode_request(body)
