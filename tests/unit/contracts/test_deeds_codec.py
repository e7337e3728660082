"""Deeds come back as they were sent, and what is none is refused."""

import json

import pytest

from tests.builders import changed, granted, observe, recount, upgraded
from usher.contracts.deeds import Deed, RecountAsked
from usher.contracts.errors import ContractError
from usher.contracts.observation_codec import decode, encode

DEEDS = (
    granted("900", 5, "a"),
    granted("900", None, "b"),
    changed("staff#900", "x", "c"),
    changed("staff#900", None, "d"),
    upgraded("7", "900", "e"),
    recount("7", "8", id_="f"),
    recount(id_="g"),
)


@pytest.mark.parametrize("deed", DEEDS, ids=[type(deed).__name__ + deed.id for deed in DEEDS])
def test_a_deed_comes_back_as_it_was_sent(deed: Deed | RecountAsked) -> None:
    assert decode(encode(observe(deed))).events == (deed,)


@pytest.mark.parametrize(
    "change", [{"user_id": "x"}, {"staff_id": None}, {"mapping": 5}, {"id": None}, {"by": ""}]
)
def test_a_malformed_upgrade_is_refused(change: dict[str, object]) -> None:
    body = json.loads(encode(observe(upgraded("7", "900", "e"))))
    body["events"][0] |= change

    with pytest.raises(ContractError):
        decode(json.dumps(body))
