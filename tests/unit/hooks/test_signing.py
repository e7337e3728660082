"""What is signed is what the library of the specification verifies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.builders import GUILD, START
from tests.unit.hooks.stories import EVERY, URL, event
from usher.hooks.model import Endpoint, EndpointId
from usher.hooks.rules import body_of
from usher.hooks.signing import OVERLAP, headers_of, new_secret


def this_moment() -> datetime:
    """The library holds the time against the clock."""
    return datetime.now(UTC)


def secret(seed: int) -> str:
    return new_secret(lambda size: bytes([seed]) * size)


ENDPOINT = Endpoint(EndpointId("we_1"), GUILD, URL, EVERY, secret(1), START, START, "1")


def verified(secret_text: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret_text).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_the_library_verifies_what_is_sent_and_nothing_else() -> None:
    moment = this_moment()
    body = body_of(event())
    headers = headers_of(ENDPOINT, event().id, body, moment)

    assert verified(ENDPOINT.secret, body, headers)
    assert not verified(secret(2), body, headers)
    assert not verified(ENDPOINT.secret, body + b" ", headers)
    assert not verified(ENDPOINT.secret, body, headers | {"webhook-id": "evt_other"})


def test_both_secrets_hold_for_a_day_and_then_the_new_one_alone() -> None:
    moment = this_moment()
    body = body_of(event())
    both = replace(
        ENDPOINT, secret=secret(2), old_secret=secret(1), old_until=moment + timedelta(seconds=1)
    )

    now = headers_of(both, "evt_1", body, moment)
    later = headers_of(both, "evt_1", body, moment + timedelta(seconds=1))

    assert [verified(one, body, now) for one in (secret(1), secret(2))] == [True, True]
    assert [verified(one, body, later) for one in (secret(1), secret(2))] == [False, True]
    assert timedelta(days=1) == OVERLAP


@settings(deadline=None)
@given(body=st.binary(max_size=200), id_=st.from_regex(r"evt_[0-9a-f]{8}", fullmatch=True))
def test_any_body_is_verified(body: bytes, id_: str) -> None:
    moment = this_moment()
    assert verified(
        ENDPOINT.secret,
        b'"' + body.hex().encode() + b'"',
        {**headers_of(ENDPOINT, id_, b'"' + body.hex().encode() + b'"', moment)},
    )


@pytest.mark.parametrize("size", [32])
def test_a_secret_is_long_and_looks_like_one(size: int) -> None:
    made = secret(7)

    assert made.startswith("whsec_")
    assert len(Webhook(made)._whsecret) == size
