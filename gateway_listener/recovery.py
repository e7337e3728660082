"""After an absence: what was missed is read from Discord's records, guild by guild, and sent on.

The worker knows who was recorded and decides; here the members who joined since, and the invites
that were made and ended meanwhile, become events of further observations.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway_listener.errors import ObserveError
from gateway_listener.missed import (
    MARGIN,
    FailedReadError,
    MissedReader,
    Page,
    RefusedReadError,
)
from gateway_listener.progress import Progress
from gateway_listener.record import Recorder
from gateway_listener.records import audit_entries, members_found, members_searched
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    MemberFound,
    MemberSearched,
    Observation,
)
from usher.ids import GuildId, UserId

AT_ONCE: Final = 3
"""Guilds that are read at the same time; with the reader's pauses some 15 requests a second."""
SETTLE: Final = 25.0
"""Seconds after which members-search knows a new member (discord-api-docs issue 6781)."""
SKEW: Final = timedelta(seconds=5)
"""Joins later than this after the absence were seen as they happened."""
AWAITED: Final = timedelta(seconds=60)
"""How long a guild that does not come back keeps the old session from being forgotten."""
LONGEST: Final = timedelta(hours=2)
"""How long a guild's reading may keep the old session from being forgotten."""

log = logging.getLogger(__name__)


class Recoverer(Protocol):
    """Who is told of absences."""

    def away(self, guild_id: GuildId, since: datetime | None, ended: datetime) -> None:
        """Nothing was heard of the guild from `since` to `ended`; None where nobody knows."""

    def back(self, guild_id: GuildId) -> None:
        """The guild is there, and will be looked at."""

    def looked(self, guild_id: GuildId, name: str, *, refused: bool) -> None:
        """The guild's invites have been seen, or cannot be."""

    def forget(self, guild_id: GuildId) -> None:
        """The bot is in the guild no more."""

    async def stop(self) -> None:
        """End all reading; what is not read yet stays an absence."""


class NoRecovery:
    """Reads nothing."""

    def away(self, guild_id: GuildId, since: datetime | None, ended: datetime) -> None:
        """Do nothing."""

    def back(self, guild_id: GuildId) -> None:
        """Do nothing."""

    def looked(self, guild_id: GuildId, name: str, *, refused: bool) -> None:
        """Do nothing."""

    def forget(self, guild_id: GuildId) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class _Absence:
    since: datetime | None
    ended: datetime


@dataclass(frozen=True, slots=True)
class _Reading:
    guild_id: GuildId
    name: str
    since: datetime
    ended: datetime


class Recovery:
    """Reads what was missed, a few guilds at a time. Must run in the event loop."""

    def __init__(
        self,
        reader: MissedReader,
        publish: Callable[[Observation], None],
        recorder: Recorder,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        progress: Progress,
        settle: float = SETTLE,
    ) -> None:
        self._reader = reader
        self._publish = publish
        self._recorder = recorder
        self._clock = clock
        self._new_id = new_id
        self._progress = progress
        self._settle = settle
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._absences: dict[GuildId, _Absence] = {}
        self._tasks: dict[GuildId, asyncio.Task[None]] = {}

    # ------------------------------------------------------------ what happened

    def away(self, guild_id: GuildId, since: datetime | None, ended: datetime) -> None:
        """Note an absence. One that is still being read becomes part of it."""
        self._cancel(guild_id)
        older = self._absences.get(guild_id)
        known = [one for one in (since, older and older.since) if one is not None]
        self._absences[guild_id] = _Absence(min(known, default=None), ended)
        self._progress.hold(guild_id, self._progress.now, self._clock() + AWAITED)

    def back(self, guild_id: GuildId) -> None:
        """Keep the absence in mind for as long as it takes."""
        if guild_id in self._absences:
            self._progress.hold(guild_id, self._progress.now, self._clock() + LONGEST)

    def looked(self, guild_id: GuildId, name: str, *, refused: bool) -> None:
        """Begin to read what was missed, if anything was and it is not being read."""
        absence = self._absences.get(guild_id)
        if absence is None or guild_id in self._tasks:
            return
        if absence.since is None:
            self._done(guild_id)
            return
        self.back(guild_id)
        reading = _Reading(guild_id, name, absence.since, absence.ended)
        task = asyncio.create_task(self._read(reading, refused=refused))
        self._tasks[guild_id] = task

    def forget(self, guild_id: GuildId) -> None:
        """Read nothing of a guild any more."""
        self._cancel(guild_id)
        self._done(guild_id)

    async def stop(self) -> None:
        """End all reading; what is not read yet stays an absence."""
        tasks = tuple(self._tasks.values())
        for guild_id in tuple(self._tasks):
            self._cancel(guild_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _cancel(self, guild_id: GuildId) -> None:
        if (task := self._tasks.pop(guild_id, None)) is not None:
            task.cancel()

    def _done(self, guild_id: GuildId) -> None:
        self._absences.pop(guild_id, None)
        self._progress.release(guild_id)

    # ------------------------------------------------------------ reading

    async def _read(self, reading: _Reading, *, refused: bool) -> None:
        try:
            await self._everything(reading, refused=refused)
        except FailedReadError as error:
            log.error(  # noqa: TRY400 - Discord's failure, not ours
                "Guild %s: what was missed since %s could not be read (status %d).",
                reading.guild_id,
                reading.since.isoformat(),
                error.status,
            )
        except Exception:
            # The listening goes on; a fault of ours must not hold the session's old point for ever.
            log.exception("Reading what was missed in guild %s failed.", reading.guild_id)
        self._tasks.pop(reading.guild_id, None)
        self._done(reading.guild_id)

    async def _everything(self, reading: _Reading, *, refused: bool) -> None:
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

    async def _audit_log(self, reading: _Reading) -> None:
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

    async def _search(
        self, reading: _Reading, since: datetime, told: frozenset[tuple[UserId, datetime]]
    ) -> frozenset[tuple[UserId, datetime]] | None:
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
                last = reading.ended - MARGIN
                found |= {_membership(row) for row in rows if row.joined_at >= last}
        except (RefusedReadError, FailedReadError) as error:
            log.info("Guild %s: no members-search (status %d).", reading.guild_id, error.status)
            return None
        except ObserveError as error:
            self._left_out(reading, error)
            return None
        return frozenset(found)

    async def _list(self, reading: _Reading, since: datetime) -> None:
        try:
            async for page in self._reader.listed(reading.guild_id, since):
                self._record(reading, page)
                rows = members_found(page.body, page.at)
                self._tell(reading, _missed(rows, reading, frozenset()))
        except RefusedReadError as error:
            log.warning(
                "Guild %s: its members cannot be read (status %d).", reading.guild_id, error.status
            )
        except ObserveError as error:
            self._left_out(reading, error)

    def _record(self, reading: _Reading, page: Page) -> None:
        self._recorder.write(page.at, page.kind, reading.guild_id, page.body)

    def _left_out(self, reading: _Reading, error: ObserveError) -> None:
        log.warning("Guild %s: an answer was left out: %s.", reading.guild_id, error.reason)

    def _tell(self, reading: _Reading, events: Iterable[GatewayEvent]) -> None:
        told = tuple(events)
        if not told:
            return
        log.info("Guild %s: %d events of an absence.", reading.guild_id, len(told))
        self._progress.sealed(reading.guild_id, 0)
        self._publish(
            Observation(
                id=self._new_id(),
                guild_id=reading.guild_id,
                guild_name=reading.name,
                at=self._clock(),
                events=told,
            )
        )


def _missed[T: (MemberFound, MemberSearched)](
    rows: Iterable[T], reading: _Reading, told: frozenset[tuple[UserId, datetime]]
) -> list[T]:
    latest = reading.ended + SKEW
    return [row for row in rows if row.joined_at <= latest and _membership(row) not in told]


def _membership(row: MemberFound | MemberSearched) -> tuple[UserId, datetime]:
    return row.person.user_id, row.joined_at
