"""What was missed in one guild, read from Discord's records and told as events.

First what happened to invites, then who joined: so that a join finds its invite.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway_listener.errors import ObserveError
from gateway_listener.missed import (
    MARGIN,
    FailedReadError,
    MissedReader,
    Page,
    RefusedReadError,
)
from gateway_listener.record import Recorder
from gateway_listener.records import audit_entries, members_found, members_searched
from usher.contracts.observation import AuditEntry, GatewayEvent, MemberFound, MemberSearched
from usher.ids import GuildId, UserId

AT_ONCE: Final = 3
"""Guilds that are read at the same time; with the reader's pauses some 15 requests a second."""
SETTLE: Final = 25.0
"""Seconds after which members-search knows a new member (discord-api-docs issue 6781)."""
SKEW: Final = timedelta(seconds=5)
"""Joins later than this after the absence were seen as they happened."""

log = logging.getLogger(__name__)

type Told = frozenset[tuple[UserId, datetime]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A guild's absence that is to be read, and to whom the events are told."""

    guild_id: GuildId
    since: datetime
    ended: datetime
    tell: Callable[[tuple[GatewayEvent, ...]], None]


async def always() -> None:
    """Have room for what is told."""


class CatchUp:
    """Reads absences, a few guilds at a time. `room` is waited for after each page."""

    def __init__(
        self,
        reader: MissedReader,
        recorder: Recorder,
        clock: Callable[[], datetime],
        settle: float = SETTLE,
        room: Callable[[], Awaitable[None]] = always,
    ) -> None:
        self._reader = reader
        self._recorder = recorder
        self._clock = clock
        self._settle = settle
        self._room = room
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(self, reading: Reading, *, refused: bool) -> None:
        """Read everything; raises FailedReadError when Discord does not answer for an hour.

        `refused`: the guild does not let Usher read its invites.
        """
        async with self._slots:
            await self._audit_log(reading)
            # members-search needs Manage Server, as the invites do.
            told = None if refused else await self._search(reading, reading.since, frozenset())
            if told is None:
                await self._list(reading, reading.since)
        if told is None:
            return
        await asyncio.sleep(self._settle)
        async with self._slots:
            if await self._search(reading, reading.ended, told) is None:
                await self._list(reading, reading.ended)

    async def _audit_log(self, reading: Reading) -> None:
        """Tell of invites that were made and ended, in the order in which that happened."""
        entries: list[AuditEntry] = []
        try:
            async for page in self._reader.logged(reading.guild_id, reading.since):
                self._record(reading, page)
                entries += audit_entries(page.body)
        except RefusedReadError as error:
            log.warning(
                "Guild %s does not let Usher read its audit log (status %d): give its role the "
                "permission View Audit Log, or invites made and used while Usher is away are "
                "not known.",
                reading.guild_id,
                error.status,
            )
        except ObserveError as error:
            self._left_out(reading, error)
        self._tell(reading, sorted(entries, key=lambda entry: entry.at))

    async def _search(self, reading: Reading, since: datetime, told: Told) -> Told | None:
        """Search, and tell whom it found but `told`; None when the search says nothing.

        Returns those whom a second search would find again.
        """
        if not self._reader.may_search(self._clock()):
            return None
        found: set[tuple[UserId, datetime]] = set()
        try:
            async for page in self._reader.searched(reading.guild_id, since):
                self._record(reading, page)
                rows = members_searched(page.body, page.at)
                self._tell(reading, _missed(rows, reading, told))
                await self._room()
                last = reading.ended - MARGIN
                found |= {_membership(row) for row in rows if row.joined_at >= last}
        except (RefusedReadError, FailedReadError) as error:
            log.info("Guild %s: no members-search (status %d).", reading.guild_id, error.status)
            return None
        except ObserveError as error:
            self._left_out(reading, error)
            return None
        return frozenset(found)

    async def _list(self, reading: Reading, since: datetime) -> None:
        try:
            async for page in self._reader.listed(reading.guild_id, since):
                self._record(reading, page)
                rows = members_found(page.body, page.at)
                self._tell(reading, _missed(rows, reading, frozenset()))
                await self._room()
        except RefusedReadError as error:
            log.warning(
                "Guild %s: its members cannot be read (status %d).", reading.guild_id, error.status
            )
        except ObserveError as error:
            self._left_out(reading, error)

    def _record(self, reading: Reading, page: Page) -> None:
        self._recorder.write(page.at, page.kind, reading.guild_id, page.body)

    def _left_out(self, reading: Reading, error: ObserveError) -> None:
        log.warning("Guild %s: an answer was left out: %s.", reading.guild_id, error.reason)

    def _tell(self, reading: Reading, events: Iterable[GatewayEvent]) -> None:
        if told := tuple(events):
            log.info("Guild %s: %d events of an absence.", reading.guild_id, len(told))
            reading.tell(told)


def _missed[T: (MemberFound, MemberSearched)](
    rows: Iterable[T], reading: Reading, told: Told
) -> list[T]:
    latest = reading.ended + SKEW
    return [row for row in rows if row.joined_at <= latest and _membership(row) not in told]


def _membership(row: MemberFound | MemberSearched) -> tuple[UserId, datetime]:
    return row.person.user_id, row.joined_at
