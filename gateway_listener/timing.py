"""How long a guild's events wait for company, for a look, and for the next."""

from datetime import UTC, datetime, timedelta
from typing import Final

GATHER: Final = timedelta(seconds=1)
"""From the first join of a burst to the look; also how long other events wait for company."""
SOON: Final = 2 * GATHER
"""Events wait for a look that is due this soon after them."""
PATIENCE: Final = timedelta(seconds=5)
"""Events wait no longer than this for the answer of a look in flight: they are sent without."""
LOOK_SPACING: Final = timedelta(seconds=1)
"""At most one look a second per guild."""
LAG: Final = (timedelta(seconds=2), timedelta(seconds=10))
"""Looks after one whose counts explained fewer uses than there were joins: counts may lag."""
RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 120))
"""Pauses after failed looks; the last one repeats, but never after a refusal."""
GIVE_UP: Final = timedelta(minutes=15)
"""No retries this long after the last join: attribution has closed by then."""
START_SPACING: Final = timedelta(seconds=1 / 15)
"""Between the first looks of guilds. Each asks twice; Discord allows 50 a second."""


class Pace:
    """Gives out the moments of the first looks: one row for all shards of a process."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self, now: datetime) -> datetime:
        """Tell the next free moment, `now` or later, and give it away."""
        self._last = max(now, self._last + START_SPACING)
        return self._last
