"""Pages of the join log, as commands show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from usher.attribution.wording import Word
from usher.frozen import frozen
from usher.ids import GuildId
from usher.ledger.options import Wanted

if TYPE_CHECKING:
    # The front imports this and reads no line: 5 ms of a cold start.
    from usher.ledger.lines import Line


@frozen
class Place:
    """A place in the log: after the join of this time and event id come older ones."""

    at: datetime
    event_id: str = ""


@frozen
class Entrance:
    """One join of a page."""

    line: Line
    word: Word
    username: str | None


@frozen
class LogPage:
    """Joins, newest first."""

    entries: tuple[Entrance, ...]
    next: Place | None
    """Where the next page begins; None at the end of the log."""
    until: date | None = None
    """The page was ended here, with the joins of this day: the rest was not looked at yet."""


class JoinLogs(Protocol):
    """The join log. Methods may raise errors of the bucket and the table."""

    def page(self, guild_id: GuildId, wanted: Wanted, after: Place | None, size: int) -> LogPage:
        """Read the `size` newest wanted joins that are older than `after`."""
        ...
