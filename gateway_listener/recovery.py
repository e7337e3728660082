"""After an absence: what was missed is read from Discord's records, guild by guild, and sent on.

The worker knows who was recorded and decides; here the members who joined since, and the invites
that were made and ended meanwhile, become events of further observations.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from gateway_listener.catch_up import CatchUp, Reading
from gateway_listener.missed import FailedReadError
from gateway_listener.progress import Progress
from usher.contracts.observation import GatewayEvent, Observation
from usher.ids import GuildId

AWAITED: Final = timedelta(seconds=60)
"""How long a guild that does not come back keeps the old session from being forgotten."""
LONGEST: Final = timedelta(hours=2)
"""How long a guild's reading may keep the old session from being forgotten."""

log = logging.getLogger(__name__)


class Recoverer(Protocol):
    """Who is told of absences."""

    def away(self, guild_id: GuildId, since: datetime | None, ended: datetime) -> None:
        """Nothing was heard of the guild from `since` to `ended`.

        None where there is no time before that anybody knows of: then nothing was missed.
        """

    def out(self, guild_id: GuildId) -> None:
        """Discord cannot tell of the guild from now on."""

    def back(self, guild_id: GuildId, at: datetime) -> None:
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

    def out(self, guild_id: GuildId) -> None:
        """Do nothing."""

    def back(self, guild_id: GuildId, at: datetime) -> None:
        """Do nothing."""

    def looked(self, guild_id: GuildId, name: str, *, refused: bool) -> None:
        """Do nothing."""

    def forget(self, guild_id: GuildId) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class _Absence:
    since: datetime
    ended: datetime


class Recovery:
    """Reads what was missed, a few guilds at a time. Must run in the event loop."""

    def __init__(
        self,
        catch_up: CatchUp,
        publish: Callable[[Observation], None],
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        progress: Progress,
    ) -> None:
        self._catch_up = catch_up
        self._publish = publish
        self._clock = clock
        self._new_id = new_id
        self._progress = progress
        self._absences: dict[GuildId, _Absence] = {}
        self._out_since: dict[GuildId, datetime] = {}
        self._tasks: dict[GuildId, asyncio.Task[None]] = {}

    # ------------------------------------------------------------ what happened

    def away(self, guild_id: GuildId, since: datetime | None, ended: datetime) -> None:
        """Note an absence. One that is still being read becomes part of it."""
        self._cancel(guild_id)
        older = self._absences.get(guild_id)
        if older is not None:
            since = older.since if since is None else min(since, older.since)
        if since is None:
            return
        self._absences[guild_id] = _Absence(since, ended)
        self._progress.hold(guild_id, self._progress.now, self._clock() + AWAITED)

    def out(self, guild_id: GuildId) -> None:
        """Note since when Discord cannot tell of the guild."""
        self._out_since.setdefault(guild_id, self._progress.now.alive_at)

    def back(self, guild_id: GuildId, at: datetime) -> None:
        """Keep the guild's absence in mind, if there was one, for as long as it takes."""
        if (since := self._out_since.pop(guild_id, None)) is not None:
            self.away(guild_id, since, at)
        self._hold_long(guild_id)

    def looked(self, guild_id: GuildId, name: str, *, refused: bool) -> None:
        """Begin to read what was missed, if anything was and it is not being read."""
        absence = self._absences.get(guild_id)
        if absence is None or guild_id in self._tasks:
            return
        self._hold_long(guild_id)
        tell = partial(self._tell, guild_id, name)
        reading = Reading(guild_id, absence.since, absence.ended, tell)
        task = asyncio.create_task(self._read(reading, refused=refused))
        self._tasks[guild_id] = task

    def forget(self, guild_id: GuildId) -> None:
        """Read nothing of a guild any more."""
        self._out_since.pop(guild_id, None)
        self._cancel(guild_id)
        self._done(guild_id)

    async def stop(self) -> None:
        """End all reading; what is not read yet stays an absence."""
        tasks = tuple(self._tasks.values())
        for guild_id in tuple(self._tasks):
            self._cancel(guild_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _hold_long(self, guild_id: GuildId) -> None:
        if guild_id in self._absences:
            self._progress.hold(guild_id, self._progress.now, self._clock() + LONGEST)

    def _cancel(self, guild_id: GuildId) -> None:
        if (task := self._tasks.pop(guild_id, None)) is not None:
            task.cancel()

    def _done(self, guild_id: GuildId) -> None:
        self._absences.pop(guild_id, None)
        self._progress.release(guild_id)

    # ------------------------------------------------------------ reading

    async def _read(self, reading: Reading, *, refused: bool) -> None:
        try:
            await self._catch_up.read(reading, refused=refused)
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

    def _tell(self, guild_id: GuildId, name: str, events: tuple[GatewayEvent, ...]) -> None:
        self._progress.sealed(guild_id, 0)
        self._publish(Observation(self._new_id(), guild_id, name, self._clock(), events))
