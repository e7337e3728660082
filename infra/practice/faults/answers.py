"""REST answers that are not what the route would say: refused, slow, lost."""

import math
import re
from dataclasses import dataclass, field
from enum import Enum

from infra.practice.errors import MISSING_PERMISSIONS, ApiError, Refusal
from infra.practice.json_types import Json, JsonObject

FOREVER = -1


class Lapse(Enum):
    """What goes wrong with a request."""

    ANSWERED = "answered"
    STALLED = "stalled"
    LOST = "lost"


@dataclass(slots=True)
class AnswerFault:
    """One fault of requests that match.

    `method` and each `*` of `path` (below `/api/v10`) match anything, the latter within one part;
    `**` matches across parts. `text` is a body that is not JSON, such as Cloudflare's.
    """

    method: str
    path: str
    times: int
    lapse: Lapse
    status: int = 0
    retry_after: float | None = None
    scope: str = "user"
    body: Json = None
    text: str | None = None
    seconds: float = 0.0
    _pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        escaped = re.escape(self.path)
        self._pattern = re.compile(escaped.replace(r"\*\*", ".+").replace(r"\*", "[^/]+"))

    def takes(self, method: str, path: str) -> bool:
        """Tell whether a request is meant, and count it if so."""
        if not self.times or self.method not in ("*", method):
            return False
        if not self._pattern.fullmatch(path):
            return False
        self.times = max(self.times - 1, FOREVER)
        return True

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the answer has beside the usual ones."""
        if self.retry_after is None:
            return {}
        headers = {"Retry-After": str(max(math.ceil(self.retry_after), 1))}
        if self.status == 429:
            headers["X-RateLimit-Scope"] = self.scope
        if self.status == 429 and self.scope == "global":
            headers["X-RateLimit-Global"] = "true"
        return headers

    @property
    def json(self) -> Json:
        """The JSON of the answer: the one given, or Discord's own for the status."""
        if self.body is not None:
            return self.body
        if self.status == 429:
            return rate_limited_json(self.retry_after or 0.0, self.scope)
        if self.status == MISSING_PERMISSIONS.status:
            return ApiError(MISSING_PERMISSIONS).body
        return ApiError(Refusal(self.status, 0, _SENTENCES.get(self.status, "Error"))).body


class AnswerFaults:
    """The faults of REST, oldest first."""

    def __init__(self) -> None:
        self._faults: list[AnswerFault] = []

    def add(self, fault: AnswerFault) -> None:
        """Have a fault happen from now on."""
        self._faults.append(fault)

    def take(self, method: str, path: str) -> AnswerFault | None:
        """Return the fault that befalls a request, if any."""
        found = next((fault for fault in self._faults if fault.takes(method, path)), None)
        self._faults = [fault for fault in self._faults if fault.times]
        return found

    def clear(self) -> None:
        """End them all."""
        self._faults = []


def rate_limited_json(retry_after: float, scope: str) -> JsonObject:
    """Write the body of a 429.

    Source: Discord API reference, "Rate Limits", section Exceeding A Rate Limit. The examples
    there leave `code` out, the API's own description requires it.
    """
    sentence = "You are being rate limited."
    if scope == "shared":
        sentence = "The resource is being rate limited."
    return {
        "message": sentence,
        "retry_after": math.ceil(retry_after * 1_000) / 1_000,
        "global": scope == "global",
        "code": 0,
    }


_SENTENCES = {
    400: "400: Bad Request",
    401: "401: Unauthorized",
    404: "404: Not Found",
    500: "500: Internal Server Error",
    502: "502: Bad Gateway",
    503: "503: Service Unavailable",
    504: "504: Gateway Timeout",
}
