"""A request as the gate looks at it, before any route."""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from referral_api.problems import InvalidParam, ProblemError

MOST_BYTES: Final = 64 * 1024
"""Longest body: a campaign with all its questions takes a quarter of it."""
MOST_OF_MANY: Final = 1024 * 1024
MANY: Final = "/api/v1/links/bulk"
"""Where a body holds up to a thousand links."""
_WITH_BODY: Final = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def read_asked(event: Mapping[str, Any]) -> Asked:
    """Read an event of API Gateway (payload format 2.0); raises ProblemError for a bad body."""
    http = event["requestContext"]["http"]
    headers = {str(name).lower(): str(text) for name, text in event.get("headers", {}).items()}
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = b64decode(text)
        except Base64Error as error:
            raise _malformed("The body cannot be read.") from error
    else:
        body = str(text).encode("utf-8", "surrogatepass")
    return Asked(str(http["method"]).upper(), str(event.get("rawPath") or ""), headers, body)


def check_body(asked: Asked) -> None:
    """Refuse what no route could read: too long, not JSON, nested too deep; raises ProblemError."""
    if asked.method not in _WITH_BODY:
        return
    most = MOST_OF_MANY if asked.path == MANY else MOST_BYTES
    if len(asked.body) > most:
        raise ProblemError(413, "too_long", "The body is too long", f"At most {most:,} bytes.")
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/json"):
        raise ProblemError(415, "not_json", "The body must be JSON", "Send `application/json`.")
    if not asked.body:
        return
    try:
        json.loads(asked.body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _malformed("The body is not JSON.") from error


def _no_number(name: str) -> float:
    raise ValueError(name)


def _malformed(detail: str) -> ProblemError:
    wrong = InvalidParam(pointer="/body", detail=detail)
    return ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
