"""Requests that Discord never sent, drawn from a seed: forged, cut, replayed, oversized, garbled.

Each is made of one that Discord could have sent, by one change, named after it. Bodies that are
broken are signed by Discord itself, so that their form is why they are refused.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from nacl.signing import SigningKey

from interactions.http import BODY_LIMIT
from tests.unit.interactions.doors import event, signature
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import MANAGE_GUILD, interaction, ping, slash

type Sent = dict[str, Any]

OTHER_KEY: Final = SigningKey(bytes(range(1, 33)))
TIMESTAMP: Final = str(int(NOW.timestamp()))


def valid(draw: Random) -> bytes:
    """Write the body of an interaction as Discord sends them."""
    body = draw.choice(
        [
            ping(),
            slash("invite view"),
            slash("invite leaderboard"),
            slash("export_invite_logs", permissions=MANAGE_GUILD),
            interaction(3, {"custom_id": "x:0", "component_type": 2}),
            interaction(5, {"custom_id": "x:0", "components": []}),
        ]
    )
    return json.dumps(body).encode()


def forged(seed: int, number: int) -> Iterator[tuple[str, Sent]]:
    """Draw requests, each with the name of what is wrong with it."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    kinds = sorted(_KINDS)
    for _ in range(number):
        kind = draw.choice(kinds)
        yield kind, _KINDS[kind](draw, valid(draw))


def _with(headers: Mapping[str, str | None], body: bytes) -> Sent:
    signed = {"x-signature-ed25519": signature(TIMESTAMP, body), "x-signature-timestamp": TIMESTAMP}
    kept = {name: value for name, value in (signed | dict(headers)).items() if value is not None}
    return {"headers": kept, "body": b64encode(body).decode(), "isBase64Encoded": True}


def _another_key(draw: Random, body: bytes) -> Sent:
    del draw
    signed = OTHER_KEY.sign(TIMESTAMP.encode() + body).signature.hex()
    return _with({"x-signature-ed25519": signed}, body)


def _flipped(draw: Random, body: bytes) -> Sent:
    signed = bytearray(bytes.fromhex(signature(TIMESTAMP, body)))
    signed[draw.randrange(len(signed))] ^= 1 << draw.randrange(8)
    return _with({"x-signature-ed25519": signed.hex()}, body)


def _changed_body(draw: Random, body: bytes) -> Sent:
    other = bytearray(body)
    other[draw.randrange(len(other))] ^= 1 << draw.randrange(7)
    return _with({"x-signature-ed25519": signature(TIMESTAMP, body)}, bytes(other))


def _cut_body(draw: Random, body: bytes) -> Sent:
    signed = signature(TIMESTAMP, body)
    return _with({"x-signature-ed25519": signed}, body[: draw.randrange(len(body))])


def _signed_cut_body(draw: Random, body: bytes) -> Sent:
    return _with({}, body[: draw.randrange(len(body))])


def _replayed(draw: Random, body: bytes) -> Sent:
    away = draw.choice([-1, 1]) * draw.randint(301, 10**9)
    then = str(max(0, int(TIMESTAMP) + away))
    headers = {"x-signature-timestamp": then, "x-signature-ed25519": signature(then, body)}
    return _with(headers, body)


def _odd_timestamp(draw: Random, body: bytes) -> Sent:
    odd = draw.choice(
        ["", " ", "now", f"+{TIMESTAMP}", f"{TIMESTAMP}.0", "1e9", "٣" * 10, "9" * 400]
    )
    headers = {"x-signature-timestamp": odd, "x-signature-ed25519": signature(odd, body)}
    return _with(headers, body)


def _odd_signature(draw: Random, body: bytes) -> Sent:
    right = signature(TIMESTAMP, body)
    odd = draw.choice(
        ["", right[:-1], right + "0", right.replace(right[0], "g"), f" {right[1:]}", "é" * 128]
    )
    return _with({"x-signature-ed25519": odd}, body)


def _no_header(draw: Random, body: bytes) -> Sent:
    return _with({draw.choice(["x-signature-ed25519", "x-signature-timestamp"]): None}, body)


def _oversized(draw: Random, body: bytes) -> Sent:
    return _with({}, body + b" " * (BODY_LIMIT + draw.randrange(100)))


def _not_base64(draw: Random, body: bytes) -> Sent:
    sent = _with({}, body)
    return sent | {"body": str(sent["body"])[:-2] + draw.choice(["!", "é", "==="])}


def _not_text(draw: Random, body: bytes) -> Sent:
    place = draw.randrange(len(body))
    return _with({}, body[:place] + draw.choice([b"\xff\xfe", b"\xc3", b"\x00"]) + body[place:])


def _no_interaction(draw: Random, body: bytes) -> Sent:
    del body
    odd = draw.choice(
        [b"", b"null", b"[]", b"5", b'"x"', b"{}", b'{"type":true}', b'{"type":99}', b"[" * 50_000]
    )
    return _with({}, odd)


def _missing_parts(draw: Random, body: bytes) -> Sent:
    del body
    made = slash("invite view")
    made.pop(draw.choice(["id", "token", "member", "type"]))
    return event(json.dumps(made).encode())


_KINDS: Final[Mapping[str, Callable[[Random, bytes], Sent]]] = {
    "another key": _another_key,
    "a flipped bit of the signature": _flipped,
    "another body": _changed_body,
    "a cut body": _cut_body,
    "a cut body, signed": _signed_cut_body,
    "a replay": _replayed,
    "an odd timestamp": _odd_timestamp,
    "an odd signature": _odd_signature,
    "a missing header": _no_header,
    "an oversized body": _oversized,
    "no base64": _not_base64,
    "no text": _not_text,
    "no interaction": _no_interaction,
    "missing parts": _missing_parts,
}
