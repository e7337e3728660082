"""Commands as API Gateway hands them over, signed as Discord signs them."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import Any, Final

from nacl.signing import SigningKey

from tests.bench.board_server import FIRST
from tests.unit.slash import payloads
from tests.unit.slash.payloads import data, interaction, option, user

KEY: Final = SigningKey(bytes(range(32)))
PUBLIC_KEY: Final = bytes(KEY.verify_key).hex()
_IDS: Final = count(786008729715212338)


def command(path: str = "invite view", *, guild: str = "1", member: int = FIRST) -> dict[str, Any]:
    """A command of a member, of now."""
    asked = interaction(2, data(path), guild_id=guild, id=str(next(_IDS)))
    by = {**asked["member"], "user": user(str(member))}  # type: ignore[dict-item]
    return event(asked | {"member": by})


def ping() -> dict[str, Any]:
    """What Discord asks to see whether we are there."""
    return event(payloads.ping())


def banning() -> dict[str, Any]:
    """A command of a moderator that the command worker carries out."""
    other = str(FIRST + 1)
    users = {"users": {other: user(other)}, "members": {}}
    words = data("ban", option("user", other, 6), option("reason", "spam"), resolved=users)
    return event(interaction(2, words, permissions=1 << 2, guild_id="1", id=str(next(_IDS))))


def event(asked: object) -> dict[str, Any]:
    """An HTTP API event (payload format 2.0), as API Gateway sends it."""
    body, stamp = json.dumps(asked), str(int(time.time()))
    return {
        "version": "2.0",
        "routeKey": "POST /interactions",
        "rawPath": "/interactions",
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "content-length": str(len(body)),
            "content-type": "application/json",
            "host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "user-agent": "Discord-Interactions/1.0 (+https://discord.com)",
            "x-amzn-trace-id": "Root=1-67a1b2c3-0123456789abcdef01234567",
            "x-forwarded-for": "35.237.4.214",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-signature-ed25519": KEY.sign(stamp.encode() + body.encode()).signature.hex(),
            "x-signature-timestamp": stamp,
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": "POST",
                "path": "/interactions",
                "protocol": "HTTP/1.1",
                "sourceIp": "35.237.4.214",
                "userAgent": "Discord-Interactions/1.0 (+https://discord.com)",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /interactions",
            "stage": "$default",
            "time": "29/Nov/2026:10:00:00 +0000",
            "timeEpoch": int(time.time() * 1000),
        },
        "body": body,
        "isBase64Encoded": False,
    }
