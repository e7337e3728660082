"""When Discord must not be asked at all: pure, times are epoch seconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Why(StrEnum):
    """Why nobody may ask Discord."""

    TOKEN = "token"  # noqa: S105 - a reason, no secret
    """It refuses the bot's token."""
    BAN = "ban"
    """Cloudflare has banned the address."""
    INVALID = "invalid"
    """So many calls were refused that a ban is near."""


FIRST_PAUSE: Final = {Why.TOKEN: 30.0, Why.BAN: 300.0, Why.INVALID: 120.0}
"""Seconds, doubled each time in a row."""
LONGEST_PAUSE: Final = {Why.TOKEN: 900.0, Why.BAN: 3600.0, Why.INVALID: 600.0}
LONGEST_TOLD: Final = 86_400.0
"""Seconds that are believed; then one call tries, whatever was told."""
PROBE_SECONDS: Final = 20.0
"""How long one call may try whether Discord is open again; then another may."""
MOST_INVALID: Final = 5_000
"""Refused calls of ten minutes after which nobody asks: half of what has an address banned."""
WINDOW_MINUTES: Final = 10


@dataclass(frozen=True, slots=True)
class Closure:
    """Nobody asks Discord until then; afterwards one call tries."""

    why: Why
    until: float
    trips: int
    """Times in a row."""
    probe_until: float = 0.0
    """Somebody is trying, and has until then."""

    def seconds(self, now: float) -> float:
        """Tell how long it still holds, 0 for who may try."""
        return max(0.0, self.until - now, self.probe_until - now)


def tripped(before: Closure | None, why: Why, now: float, told: float | None = None) -> Closure:
    """Close, for as long as Discord has told, or longer each time in a row. 0 tells nothing."""
    trips = 1 + (before.trips if before is not None else 0)
    pause = min(LONGEST_PAUSE[why], FIRST_PAUSE[why] * 2 ** min(trips - 1, 16))
    return Closure(why, now + min(told or pause, LONGEST_TOLD), trips)
