"""What a call of Discord's REST API counts against, and what its answer says of limits.

Source: Discord API reference, "Rate Limits".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from math import isfinite
from typing import Final

UNTOLD_SECONDS: Final = 5.0
"""Wait after a 429 that says nothing of how long: the longest of the common windows."""
MAJOR: Final = frozenset({"channels", "guilds", "webhooks"})
"""Top-level resources, each with limits of its own."""
INVALID: Final = frozenset({401, 403, 429})
"""Statuses of which 10,000 in ten minutes have an address banned (Invalid Request Limit)."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A route and the top-level resource that it is asked of."""

    route: str
    """Method and path with `{}` for what it names."""
    major: str
    """`guilds/1`; empty where there is none."""

    @property
    def key(self) -> str:
        """Name it until Discord has said to which bucket it belongs."""
        return f"{self.route}|{self.major}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of limits. Times are in seconds from when it came."""

    status: int
    bucket: str | None = None
    limit: int | None = None
    remaining: int | None = None
    reset_after: float = 0.0
    retry_after: float | None = None
    """As Discord told it; None where it did not."""
    everywhere: bool = False
    """429 for the whole bot."""
    shared: bool = False
    """429 of a resource that others use too; it does not count as invalid."""
    banned: bool = False
    """It is not the API that refuses, but the network before it: the address is banned."""

    @property
    def invalid(self) -> bool:
        """Whether it counts towards a ban of the address."""
        return self.status in INVALID and not self.shared

    @property
    def wait(self) -> float:
        """Seconds that a 429 asks to wait, as far as it says."""
        if self.retry_after is not None:
            return self.retry_after
        return self.reset_after or UNTOLD_SECONDS


def lane_of(method: str, path: str) -> Lane:
    """Tell what a call counts against: `POST /channels/{}/messages` of `channels/1`."""
    parts = path.partition("?")[0].strip("/").split("/")
    shown = [_named(before, part) for before, part in pairwise(["", *parts])]
    known = 0
    if parts[0] in MAJOR:
        # A webhook's token is a part of the resource, as its id is.
        known = min(len(parts) - 1, 2 if parts[0] == "webhooks" else 1)
    shown[1 : known + 1] = ["{}"] * known
    major = "/".join(parts[: known + 1]) if known else ""
    return Lane(f"{method} /{'/'.join(shown)}", major)


def read_answer(
    status: int, headers: Mapping[str, str], body: object, now: datetime | None = None
) -> Answer:
    """Read an answer's head, and its body as far as it was JSON (None else)."""
    fields: Mapping[str, object] = body if isinstance(body, dict) else {}
    limited = status == 429
    # The API's own refusals are JSON; a page of HTML is Cloudflare's (error 1015 and its like).
    banned = status in (403, 429) and not fields
    return Answer(
        status=status,
        bucket=headers.get("X-RateLimit-Bucket") or None,
        limit=_count(headers.get("X-RateLimit-Limit")),
        remaining=_count(headers.get("X-RateLimit-Remaining")),
        reset_after=_seconds(headers.get("X-RateLimit-Reset-After")) or 0.0,
        retry_after=_retry_after(headers, fields, now) if limited or banned else None,
        everywhere=limited and _everywhere(headers, fields),
        shared=limited and headers.get("X-RateLimit-Scope") == "shared",
        banned=banned,
    )


def _named(before: str, part: str) -> str:
    """Leave out what a part of a path names: an id, an invite's code, an emoji."""
    if part.isdecimal() or before in ("invites", "reactions"):
        return "{}"
    return part


def _everywhere(headers: Mapping[str, str], fields: Mapping[str, object]) -> bool:
    told = headers.get("X-RateLimit-Global", "").lower() == "true"
    return told or headers.get("X-RateLimit-Scope") == "global" or fields.get("global") is True


def _retry_after(
    headers: Mapping[str, str], fields: Mapping[str, object], now: datetime | None
) -> float | None:
    """Read how long to wait: the body is exact, the header whole seconds or a date."""
    header = headers.get("Retry-After")
    for told in (fields.get("retry_after"), header):
        seconds = _seconds(told)
        if seconds is not None:
            return seconds
    if header is None or now is None:
        return None
    try:
        return max(0.0, (parsedate_to_datetime(header) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _seconds(told: object) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        seconds = float(told)
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None


def _count(told: str | None) -> int | None:
    return int(told) if told is not None and told.isdecimal() else None
