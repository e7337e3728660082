"""What the limiter asks of the table that all functions share, and what it tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from usher.limits.breaker import Closure
from usher.limits.buckets import Closed, Known, Window


@dataclass(frozen=True, slots=True)
class Board:
    """What everybody must heed."""

    closure: Closure | None = None
    closed: tuple[Closed, ...] = ()
    """Buckets that are empty, the whole bot's among them."""


class Shared(Protocol):
    """State that all functions share. Every method may raise errors of the table.

    Times are epoch seconds.
    """

    def routes(self) -> Mapping[str, Known]:
        """Read what is known of routes."""
        ...

    def learn(self, route: str, known: Known) -> None:
        """Remember what is known of a route."""
        ...

    def board(self, now: float) -> Board:
        """Read what is in force now."""
        ...

    def close(self, closed: Closed) -> None:
        """Tell that a bucket is empty."""
        ...

    def take(self, key: str, now: float) -> Window | None:
        """Take one call of a running window.

        None where there is none, nothing is left of it, or it ends before a call could arrive.
        """
        ...

    def begin(self, key: str, window: Window, now: float) -> bool:
        """Begin a window, unless one runs."""
        ...

    def window(self, key: str) -> Window | None:
        """Read a window."""
        ...

    def correct(self, key: str, window: Window, *, more: bool) -> None:
        """Set a window right, if it is still the same; only with `more` to more than it had."""
        ...

    def token(self, slot: int, most: int) -> bool:
        """Take one of the calls that a slot of time holds."""
        ...

    def trip(self, closure: Closure, now: float) -> bool:
        """Close for everybody, unless somebody has."""
        ...

    def probe(self, closure: Closure, now: float, until: float) -> bool:
        """Be the one who tries whether it is open again; nobody else may until then."""
        ...

    def leave(self, closure: Closure) -> None:
        """Let somebody else try."""
        ...

    def reopen(self, closure: Closure) -> None:
        """Open, if nobody has closed it anew."""
        ...

    def count_invalid(self, minute: int) -> int:
        """Count a refused call; return how many the minute has."""
        ...

    def invalid(self, first: int, last: int) -> int:
        """Sum up refused calls of minutes."""
        ...


class Pace(Protocol):
    """Bounds what a function takes of the bot's 50 calls a second."""

    def wait(self, now: float) -> float:
        """Take a call, or tell how many seconds to wait before asking again."""
        ...


class Log(Protocol):
    """What operators are told; a powertools Logger fits."""

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what does not work as it should."""

    def critical(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what somebody must do."""


@dataclass(slots=True)
class Tally:
    """What a door has asked of Discord."""

    calls: int = 0
    refusals: int = 0
    """Of them answered by 401, 403, 429."""
    bans: int = 0
    """Of them answered by Cloudflare."""
    closed: int = 0
    """Calls that have closed Discord, or were not made since it is closed."""
