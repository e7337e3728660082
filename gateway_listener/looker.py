"""One look at a guild: both questions asked, the answers recorded, read and reported."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gateway_listener.errors import ObserveError
from gateway_listener.observe import invite_look, names_of, vanity_look
from gateway_listener.record import Recorder
from usher.contracts.observation import InviteLook, VanityLook
from usher.ids import GuildId, UserId

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counters:
    """What was seen since the process began."""

    joins: int = 0
    looks: int = 0
    failed_looks: int = 0
    malformed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord answered: a body for `invite_look` or `vanity_look`."""

    body: object
    at: datetime
    """When the answer's head had arrived: no later use can be in it."""
    retry_after: timedelta | None = None


class LookSource(Protocol):
    """Asks Discord about one guild. Failures are answers too."""

    async def invites(self, guild_id: GuildId) -> Answer:
        """Ask for the guild's invites."""

    async def vanity(self, guild_id: GuildId) -> Answer:
        """Ask for the guild's vanity code and its uses."""

    def forget(self, guild_id: GuildId) -> None:
        """The guild was changed: it may have a vanity code now."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look showed."""

    look: InviteLook
    vanity: VanityLook | None
    names: tuple[tuple[UserId, str], ...]
    retry_after: timedelta | None


class Looker:
    """Looks at guilds, one look a call."""

    def __init__(self, source: LookSource, recorder: Recorder, counters: Counters) -> None:
        self._source = source
        self._recorder = recorder
        self._counters = counters

    async def look(self, guild_id: GuildId, *, careful: bool) -> Seen:
        """Look once. `careful` after a refusal: the second question only if the first is heard."""
        vanity: Answer | None = None
        if careful:
            invites = await self._ask_invites(guild_id)
            if isinstance(invites.body, list):
                vanity = await self._ask_vanity(guild_id)
        else:
            invites, vanity = await asyncio.gather(
                self._ask_invites(guild_id), self._ask_vanity(guild_id)
            )
        look = self._read_invites(guild_id, invites)
        self._counters.looks += 1
        if not look.ok:
            self._counters.failed_looks += 1
            self._report(guild_id, look.status, again=careful)
        return Seen(
            look=look,
            vanity=None if vanity is None else self._read_vanity(guild_id, vanity),
            names=names_of(invites.body),
            retry_after=invites.retry_after,
        )

    async def _ask_invites(self, guild_id: GuildId) -> Answer:
        answer = await self._source.invites(guild_id)
        self._recorder.write(answer.at, "INVITES", guild_id, answer.body)
        return answer

    async def _ask_vanity(self, guild_id: GuildId) -> Answer:
        answer = await self._source.vanity(guild_id)
        self._recorder.write(answer.at, "VANITY", guild_id, answer.body)
        return answer

    def _read_invites(self, guild_id: GuildId, answer: Answer) -> InviteLook:
        try:
            return invite_look(answer.body, answer.at)
        except ObserveError as error:
            log.warning("Guild %s: the answer was no list (%s).", guild_id, error.reason)
            return InviteLook(at=answer.at, status=0)

    def _read_vanity(self, guild_id: GuildId, answer: Answer) -> VanityLook:
        try:
            return vanity_look(answer.body, answer.at)
        except ObserveError as error:
            log.warning("Guild %s: the answer was no vanity (%s).", guild_id, error.reason)
            return VanityLook(at=answer.at, status=0)

    def _report(self, guild_id: GuildId, status: int, *, again: bool) -> None:
        extra = {"guild_id": guild_id, "status": status}
        if status not in (401, 403):
            log.warning(
                "The invites of guild %s could not be read (status %d); it will be tried again.",
                guild_id,
                status,
                extra=extra,
            )
        elif not again:
            log.warning(
                "Guild %s does not let Usher read its invites (status %d): give its role the "
                "permission Manage Server, or no join there can be attributed.",
                guild_id,
                status,
                extra=extra,
            )
