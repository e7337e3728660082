"""How far a guild's backfill has come: what its row holds. Light, for the front loads it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId

STUCK: Final = timedelta(minutes=20)
"""A run that has not moved for so long has lost its step: SQS delays 15 minutes at most."""


class Status(StrEnum):
    """How a backfill stands."""

    RUNNING = "running"
    DONE = "done"
    """Every present member is known as far as Discord's record tells."""
    COUNTED = "counted"
    """Discord gave no record; present use counts were credited instead."""
    PAUSED = "paused"
    """The limit at install is reached; `/invite import` goes on."""
    STOPPED = "stopped"
    """Given up for now; `/invite import` goes on."""


class Hurdle(StrEnum):
    """What a backfill waits for, or what ended it."""

    INDEX = "index"
    """Discord is still making its index."""
    LIMIT = "limit"
    """Discord limits the rate."""
    WORKER = "worker"
    """What was found is not recorded yet."""
    REFUSED = "refused"
    """Discord refuses the search."""
    OFF = "off"
    """The guild's setting is off."""


class Road(StrEnum):
    """What Discord's record tells of a member."""

    INVITE = "invite"
    VANITY = "vanity"
    OTHER = "other"
    BOT = "bot"
    SILENT = "silent"


@frozen
class Place:
    """The last member of a page, in Discord's order."""

    user_id: UserId
    joined: int
    """Milliseconds since 1970."""


@frozen
class Backfill:
    """The state of a guild's backfill: one row of the table."""

    run: str
    started_by: UserId | None
    started_at: datetime
    moved_at: datetime
    """Last sign of life; where it waits, when the next one is due."""
    until: datetime
    """Who joined later is not asked for: they are seen joining."""
    status: Status = Status.RUNNING
    page: int = 0
    """The next one."""
    after: Place | None = None
    awaited: str | None = None
    """Observation that must have been applied before the next page is asked for."""
    ending: Status | None = None
    """Everything was read, or nothing can be: the status once what is awaited is applied."""
    hurdle: Hurdle | None = None
    finished_at: datetime | None = None
    roads: Mapping[Road, int] = field(default_factory=dict)
    """Members read so far, by what Discord's record tells of them."""
    news: int = 0
    """Members sent to be recorded or corrected."""
    named: bool = False
    """A run reached everybody: nothing is left to be counted."""
    version: int = 0
    """0 where nothing is stored."""

    @property
    def found(self) -> int:
        """Members read so far."""
        return sum(self.roads.values())

    def stuck(self, now: datetime) -> bool:
        """Whether a running one has lost its step."""
        return self.status is Status.RUNNING and now - self.moved_at > STUCK

    def running(self, now: datetime) -> bool:
        """Whether it moves on by itself."""
        return self.status is Status.RUNNING and not self.stuck(now)
