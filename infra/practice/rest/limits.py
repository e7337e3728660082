"""Rate limits: buckets by route and top-level resource, a global one, and their headers.

Source: Discord API reference, "Rate Limits".
"""

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.practice.faults.answers import rate_limited_json
from infra.practice.json_types import JsonObject

INVALID_WINDOW = 600.0
INVALID_STATUSES = (401, 403, 429)


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in each window of so many seconds."""

    requests: int
    window: float = 1.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How often one may ask.

    `per_route` holds for each route and top-level resource (guild, channel, webhook), `special`
    for single routes as `GET /guilds/{guild_id}/invites`. `global_per_second` counts everything
    but the interaction endpoints; None, the default, leaves it out: Discord's is 50.
    """

    per_route: Quota = Quota(1_000)
    global_per_second: int | None = None
    special: Mapping[str, Quota] = field(default_factory=dict)


@dataclass(slots=True)
class _Window:
    ends: float = 0.0
    used: int = 0

    def count(self, quota: Quota, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.used = now + quota.window, 0
        self.used += 1
        return self.used <= quota.requests


@dataclass(frozen=True, slots=True)
class Tally:
    """A counted request: the headers of its answer and, beyond the limit, the 429's body."""

    headers: dict[str, str]
    refusal: JsonObject | None = None


class Limits:
    """Counts requests. `terms` may be changed at any time; the clock is in epoch seconds."""

    def __init__(self, terms: RateLimits, clock: Callable[[], float] = time.time) -> None:
        self.terms = terms
        self.asked: Counter[str] = Counter()
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self._everything = _Window()
        self._invalid: deque[float] = deque()

    @property
    def invalid_requests(self) -> int:
        """The answers of 401, 403 and 429 in the last ten minutes; 10 000 have one banned."""
        self._forget()
        return len(self._invalid)

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer among the invalid ones, if it is one; a shared 429 is not."""
        if status in INVALID_STATUSES and headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._clock())
            self._forget()

    def count(self, route: str, bucket: str, resource: str, *, exempt: bool = False) -> Tally:
        """Count a request of a route; `exempt` ones, of interactions, have no global limit."""
        self.asked[route] += 1
        now = self._clock()
        most = self.terms.global_per_second
        if most is not None and not exempt and not self._everything.count(Quota(most), now):
            wait = self._everything.ends - now
            return Tally(
                {**_retry(wait, "global"), "X-RateLimit-Global": "true"},
                rate_limited_json(wait, "global"),
            )
        quota = self.terms.special.get(route, self.terms.per_route)
        window = self._windows.setdefault((bucket, resource), _Window())
        allowed = window.count(quota, now)
        wait = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(quota.requests),
            "X-RateLimit-Remaining": str(max(quota.requests - window.used, 0)),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": bucket,
        }
        if allowed:
            return Tally(headers)
        return Tally({**headers, **_retry(wait, "user")}, rate_limited_json(wait, "user"))

    def _forget(self) -> None:
        oldest = self._clock() - INVALID_WINDOW
        while self._invalid and self._invalid[0] < oldest:
            self._invalid.popleft()


def _retry(wait: float, scope: str) -> dict[str, str]:
    return {"Retry-After": str(max(math.ceil(wait), 1)), "X-RateLimit-Scope": scope}
