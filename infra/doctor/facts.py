"""What the operator's doctor knows before it judges."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot and its application, as Discord has them."""

    name: str
    application_id: str
    public_key: str
    endpoint: str | None
    """The interactions endpoint that is set in the developer portal."""
    redirects: tuple[str, ...] = ()
    """Where Discord may lead people back to who sign in."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the stack believes of the application."""

    application_id: str
    public_key: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Door:
    """How the interactions endpoint treats pings."""

    forged: int
    """HTTP status that a ping with a forged signature got."""
    unsigned: int
    accepted: bool | None = None
    """Whether Discord, which pings the address when it is saved, took it; None where not asked."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What Discord says of connecting."""

    shards: int
    starts_left: int
    starts_total: int
    resets_in: timedelta


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and how much is in it."""

    name: str
    depth: int
    in_flight: int
    delayed: int = 0
    oldest: timedelta | None = None
    """Age of the oldest message; None for unknown or none."""
    dead: bool = False
    """Whether it is a dead-letter queue."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A function."""

    name: str
    state: str
    """Lambda's own word: `Active`, `Pending`, `Failed`."""
    update: str = "Successful"
    disabled: tuple[str, ...] = ()
    """Queues that it should read and does not."""
    errors: int = 0
    """In the last day."""
    last_error: str = ""
    """What the newest error was, without what is in messages."""
    last_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that the clock begins."""

    name: str
    enabled: bool
    every: timedelta | None
    """How long between two runs; None for what cannot be told."""
    last_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that rings."""

    name: str
    description: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shards:
    """The leases of the listeners."""

    count: int
    held: int
    stale: int
    """Held, but not heard for minutes."""
    free: tuple[int, ...]
    """Shards that nobody has."""
    last_heard: datetime | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """Table and bucket."""

    table: str
    table_status: str
    recoverable: bool
    """Point-in-time recovery."""
    versioned: bool
    last_backup: datetime | None = None
    parked: int = 0
    """Messages that nobody could read; a thousand are counted."""
