"""Cross-origin requests: a campaign's origins may use its links by script, nobody else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from referral_api.v1.asked import Asked

API: Final = "/api/"
V1: Final = "/api/v1/"
INVITE: Final = "/api/discord/create-managed-invite"
LINK: Final = "/api/referral/"
_TRACKING: Final = "GET, HEAD, POST"
_V1: Final = "GET, POST, PATCH, DELETE"
_SENT: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
_SEEN: Final = "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"


@dataclass(frozen=True, slots=True)
class Cors:
    """Says which origins may read an answer. `open_v1` are those that `/api/v1` is open to."""

    origins_of: Callable[[str], tuple[str, ...]]
    """Origins of a link's campaign, by its code; may raise AwsError."""
    open_v1: frozenset[str] = frozenset()

    def preflight(self, asked: Asked) -> dict[str, Any] | None:
        """Answer a browser that asks whether it may ask; None for any other request."""
        origin = asked.headers.get("origin")
        wanted = asked.headers.get("access-control-request-method")
        if asked.method != "OPTIONS" or not origin or not wanted:
            return None
        headers = {"Vary": "Origin", "Cache-Control": "no-store"}
        if self._may_ask(asked.path, origin):
            v1 = asked.path.startswith(V1)
            headers |= {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": _V1 if v1 else _TRACKING,
                "Access-Control-Allow-Headers": _SENT if v1 else "Content-Type",
                "Access-Control-Max-Age": "600",
            }
        return {"statusCode": 204, "headers": headers, "body": "", "isBase64Encoded": False}

    def told(self, asked: Asked) -> dict[str, str]:
        """Headers that let a page read the answer; none where it may not."""
        origin = asked.headers.get("origin")
        if not origin or not asked.path.startswith((V1, LINK, INVITE)):
            return {}
        headers = {"Vary": "Origin"}
        if asked.path.startswith(V1):
            if origin in self.open_v1:
                headers |= {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Expose-Headers": _SEEN,
                }
        elif origin in self.origins_of(_code(asked)):
            headers["Access-Control-Allow-Origin"] = origin
        return headers

    def _may_ask(self, path: str, origin: str) -> bool:
        if path.startswith(V1):
            return origin in self.open_v1
        if path.startswith(LINK):
            return origin in self.origins_of(_code_of(path))
        # For an invite the code stands in the body, which a preflight lacks: whether the page may
        # read the answer is said with the answer.
        return path == INVITE


def _code(asked: Asked) -> str:
    if asked.path != INVITE:
        return _code_of(asked.path)
    try:
        fields = json.loads(asked.body)
    except (ValueError, RecursionError):
        return ""
    code = fields.get("referral_code") if isinstance(fields, dict) else None
    return code if isinstance(code, str) else ""


def _code_of(path: str) -> str:
    return unquote(path.removeprefix(LINK).partition("/")[0])
