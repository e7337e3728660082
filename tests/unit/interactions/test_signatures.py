"""Only what Discord signed, whole and just now, is read at all."""

import json

import pytest

from interactions.http import BODY_LIMIT
from interactions.verify import Verifier
from tests.unit.interactions.doors import Front, event, signature
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import ping, slash
from usher.platform.settings import SettingsError

BODY = json.dumps(ping()).encode()
STAMP = str(int(NOW.timestamp()))
GOOD = signature(STAMP, BODY)


def test_a_signed_ping_is_answered_with_type_1() -> None:
    assert Front().raw(event(BODY)) == (200, {"type": 1})


def test_a_base64_body_is_verified_over_its_decoded_bytes() -> None:
    assert Front().raw(event(BODY, base64=True)) == (200, {"type": 1})


def test_a_body_beyond_ascii_is_verified_over_its_bytes() -> None:
    body = json.dumps(slash("invite view") | {"name": "Zoë 🎈"}, ensure_ascii=False).encode()

    assert Front().raw(event(body, base64=True))[0] == 200
    assert Front().raw(event(body))[0] == 200


def test_header_names_match_in_any_case() -> None:
    sent = event(BODY)
    headers = sent["headers"]
    assert isinstance(headers, dict)

    for change in (str.upper, str.title):
        assert Front().raw(sent | {"headers": {change(k): v for k, v in headers.items()}})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x-signature-ed25519": None}, id="no signature"),
        pytest.param({"x-signature-timestamp": None}, id="no timestamp"),
        pytest.param({"x-signature-ed25519": ""}, id="empty signature"),
        pytest.param({"x-signature-timestamp": ""}, id="empty timestamp"),
        pytest.param({"x-signature-ed25519": GOOD[:-2]}, id="short signature"),
        pytest.param({"x-signature-ed25519": GOOD[:-1]}, id="odd signature"),
        pytest.param({"x-signature-ed25519": GOOD + "00"}, id="long signature"),
        pytest.param({"x-signature-ed25519": "zz" * 64}, id="signature not hex"),
        pytest.param({"x-signature-ed25519": " " + GOOD[:126] + " "}, id="blanks in signature"),
        pytest.param({"x-signature-ed25519": "١" * 128}, id="foreign digits in signature"),
        pytest.param({"x-signature-ed25519": f"{GOOD},{GOOD}"}, id="signature twice"),
        pytest.param({"x-signature-ed25519": "00" * 64}, id="zero signature"),
        pytest.param({"x-signature-ed25519": signature(STAMP, b"{}")}, id="of another body"),
        pytest.param(
            {"x-signature-ed25519": signature(str(int(STAMP) + 1), BODY)}, id="of another time"
        ),
        pytest.param({"x-signature-timestamp": "now"}, id="timestamp not a number"),
        pytest.param({"x-signature-timestamp": f"-{STAMP}"}, id="negative timestamp"),
        pytest.param({"x-signature-timestamp": f"{STAMP}.0"}, id="timestamp with decimals"),
        pytest.param({"x-signature-timestamp": "9" * 500}, id="endless timestamp"),
        pytest.param({"x-signature-timestamp": "١٧٦٣٦٤٠٠٠٠"}, id="foreign digits in timestamp"),
    ],
)
def test_a_broken_header_is_refused(headers: dict[str, str | None]) -> None:
    assert Front().raw(event(BODY, headers))[0] == 401


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_stale_or_future_request_is_refused(seconds: int) -> None:
    assert Front().raw(event(BODY, timestamp=str(int(STAMP) + seconds)))[0] == 401


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_request_of_the_last_five_minutes_is_fresh(seconds: int) -> None:
    assert Front().raw(event(BODY, timestamp=str(int(STAMP) + seconds)))[0] == 200


def test_every_changed_byte_of_the_body_is_noticed() -> None:
    for position in range(len(BODY)):
        changed = bytearray(BODY)
        changed[position] ^= 1
        tampered = event(BODY) | {"body": changed.decode("latin-1")}

        assert Front().raw(tampered)[0] == 401, position


@pytest.mark.parametrize(
    "changes",
    [
        {"body": None},
        {"body": ""},
        {"body": 5},
        {"body": "\ud800"},
        {"headers": None},
        {"headers": []},
        {"headers": {"x-signature-ed25519": None, "x-signature-timestamp": 5}},
        {"isBase64Encoded": True},
        {"isBase64Encoded": True, "body": "%%%"},
        {"isBase64Encoded": True, "body": "é"},
    ],
)
def test_a_broken_event_is_refused(changes: dict[str, object]) -> None:
    assert Front().raw(event(BODY) | changes)[0] == 401


def test_an_empty_event_is_refused() -> None:
    assert Front().raw({})[0] == 401


def test_a_body_over_the_limit_is_refused_unread() -> None:
    assert Front().raw(event(b" " * (BODY_LIMIT + 1)))[0] == 413


def test_what_is_refused_is_not_deferred() -> None:
    front = Front()
    body = json.dumps(slash("export_invite_logs", permissions=32)).encode()

    front.raw(event(body, {"x-signature-ed25519": "00" * 64}))

    assert front.deferrals.sent == []


@pytest.mark.parametrize("key", ["", "ab", "zz" * 32, " " * 64, "00" * 33])
def test_a_wrong_public_key_stops_the_door_at_its_start(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Verifier.from_hex(key)

    assert caught.value.problems == ("DISCORD_PUBLIC_KEY",)
