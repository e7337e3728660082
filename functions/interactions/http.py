"""API Gateway's HTTP API events, payload format 2.0, in and out."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Final

from usher.frozen import frozen

BODY_LIMIT: Final = 1024 * 1024
"""Bytes; Discord's interactions stay far below."""

type HttpResponse = dict[str, object]


@frozen
class HttpRequest:
    """What of an event counts."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """As it came over the wire."""


def read_event(event: Mapping[str, object]) -> HttpRequest | None:
    """Read an event; None when its body is marked base64 and is not."""
    given = event.get("headers")
    pairs = given.items() if isinstance(given, dict) else ()
    headers = {str(name).lower(): value for name, value in pairs if isinstance(value, str)}
    body = event.get("body")
    text = body if isinstance(body, str) else ""
    try:
        raw = b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError:
        return None
    return HttpRequest(headers, raw)


def respond(status: int, body: Mapping[str, object]) -> HttpResponse:
    """Write a JSON response."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body, separators=(",", ":")),
        "isBase64Encoded": False,
    }
