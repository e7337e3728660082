"""How long a guild's events wait for company, for a look, and for the next."""

from collections.abc import Iterable
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
LAST_LOOK: Final = timedelta(minutes=9, seconds=45)
"""The last look after such a one: what shows ten minutes after a join is not its use (SPEC 1.2)."""
LAST_APART: Final = timedelta(seconds=10)
"""Last looks nearer than this to one another are one."""
RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 120))
"""Pauses after failed looks; the last one repeats, but never after a refusal."""
DOUBTED: Final = timedelta(minutes=10)
"""For so long after a start or an absence a use may be that of somebody unseen: so each join keeps
its last look, although it seems to be explained."""
GIVE_UP: Final = timedelta(minutes=15)
"""No retries this long after the last join: attribution has closed by then."""
START_SPACING: Final = timedelta(seconds=1 / 15)
"""Between the first looks of guilds. Each asks twice; Discord allows 50 a second."""


def looks_for_lag(planned: Iterable[datetime], now: datetime) -> list[datetime]:
    """Plan looks after one that explained too little: soon, and the last ones of joins before."""
    last = with_last((moment for moment in planned if moment > now + LAG[-1]), now)
    return [*(now + pause for pause in LAG), *last]


def with_last(planned: Iterable[datetime], now: datetime) -> list[datetime]:
    """Plan a last look for joins of now, beside those of earlier ones."""
    last = list(planned)
    if not last or now + LAST_LOOK >= last[-1] + LAST_APART:
        last.append(now + LAST_LOOK)
    return last


class Pace:
    """Gives out the moments of the first looks: one row for all shards of a process."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self, now: datetime) -> datetime:
        """Tell the next free moment, `now` or later, and give it away."""
        self._last = max(now, self._last + START_SPACING)
        return self._last
