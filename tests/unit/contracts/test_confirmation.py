"""Confirmation requests as messages: whole there and back, and nothing else accepted."""

import json

import pytest

from tests.builders import GUILD, at
from usher.contracts.confirmation import (
    MOST_JOINS,
    ConfirmationRequest,
    decode_confirmation,
    encode_confirmation,
)
from usher.contracts.errors import ContractError
from usher.ids import UserId


def request(joins: int = 2) -> ConfirmationRequest:
    return ConfirmationRequest(
        guild_id=GUILD,
        guild_name="Gülde \ud83e",
        joins=tuple((UserId(str(100 + n)), at(n / 7)) for n in range(joins)),
        attempt=3,
        asked_from=at(12),
        due_at=at(132),
        postponed=2,
    )


@pytest.mark.parametrize("joins", [1, MOST_JOINS])
def test_a_request_arrives_as_it_was_sent(joins: int) -> None:
    body = encode_confirmation(request(joins))

    assert body.isascii()
    assert len(body) < 16 * 1024
    assert decode_confirmation(body) == request(joins)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("guild_id", 5),
        ("guild_id", "5; DROP"),
        ("guild_name", None),
        ("attempt", 0),
        ("attempt", "1"),
        ("asked_from", "2026-11-20"),
        ("due_at", None),
        ("postponed", -1),
        ("joins", []),
        ("joins", None),
        ("joins", ["7"]),
        ("joins", [["7"]]),
        ("joins", [["7", 5]]),
        ("joins", [[None, "2026-11-20T12:00:00Z"]]),
        ("joins", [["7", "2026-11-20T12:00:00Z"]] * (MOST_JOINS + 1)),
    ],
)
def test_what_is_no_request_is_refused(field: str, value: object) -> None:
    body = json.dumps({**json.loads(encode_confirmation(request())), field: value})

    with pytest.raises(ContractError):
        decode_confirmation(body)


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", "{" * 5000, "[" * 100_000])
def test_other_text_is_refused(body: str) -> None:
    with pytest.raises(ContractError):
        decode_confirmation(body)
