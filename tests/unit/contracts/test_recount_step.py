"""The wire form of a recount's steps, beside the queue's other messages."""

import json

import pytest

from tests.builders import GUILD, at
from usher.contracts.backfill import decode_request
from usher.contracts.errors import ContractError
from usher.contracts.recount import RecountStep, encode_recount
from usher.ids import UserId

FIRST = RecountStep(GUILD, "1001", UserId("9"), "abcd1234", at(0))
FULL = RecountStep(
    guild_id=GUILD,
    run="1001",
    by=UserId("9"),
    rules="abcd1234",
    due_at=at(1.5),
    after=UserId("8"),
    looked=500,
    sent=12,
    awaited="recount.1001.x",
    last=True,
    token="token",
    token_until=at(840),
    postponed=3,
)


@pytest.mark.parametrize("step", [FIRST, FULL])
def test_a_step_comes_back(step: RecountStep) -> None:
    assert decode_request(encode_recount(step)) == step


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("guild_id", "x"),
        ("run", ""),
        ("by", None),
        ("rules", 5),
        ("due_at", 5),
        ("after", "me"),
        ("looked", -1),
        ("last", None),
        ("awaited", 7),
        ("postponed", None),
    ],
)
def test_what_is_no_step_is_refused(field: str, value: object) -> None:
    with pytest.raises(ContractError):
        decode_request(json.dumps({**json.loads(encode_recount(FULL)), field: value}))
