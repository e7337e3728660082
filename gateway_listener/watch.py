"""The road from dispatches to observations: one gatherer a guild, their timers and their looks."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway_listener.errors import ObserveError
from gateway_listener.gather import GuildGatherer, LookNow
from gateway_listener.looker import Counters, Looker, LookSource, Seen
from gateway_listener.memberships import Memberships
from gateway_listener.observe import TRANSLATED, guild_of, names_of, translate
from gateway_listener.powers import ROLES_CHANGED, OwnGuild, Powers
from gateway_listener.progress import Progress, SessionPoint
from gateway_listener.record import RECORDED, Recorder
from gateway_listener.recovery import NoRecovery, Recoverer
from gateway_listener.replay import Replay
from gateway_listener.timing import Pace
from gateway_listener.updates import Updates
from usher.contracts.observation import InviteLook, MemberLeft, Observation
from usher.ids import GuildId, UserId

_GUILD_CHANGED: Final = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})
TAKEN: Final = TRANSLATED | RECORDED | ROLES_CHANGED | _GUILD_CHANGED
"""Dispatch types that the watch wants to be given."""

log = logging.getLogger(__name__)


class Watch:
    """Gathers the guilds of one gateway session after another. Must run in the event loop."""

    def __init__(
        self,
        looks: LookSource,
        publish: Callable[[Observation], None],
        recorder: Recorder,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        progress: Progress | None = None,
        recovery: Recoverer | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.counters = Counters()
        self._looks = looks
        self._looker = Looker(looks, recorder, self.counters)
        self._publish = publish
        self._recorder = recorder
        self._clock = clock
        self._new_id = new_id
        self._progress = progress or Progress(SessionPoint(clock()))
        self._recovery = recovery or NoRecovery()
        self._own_id: UserId | None = None
        self._powers = Powers()
        self._began = clock()
        self._resumed = False
        self._replay: Replay | None = None
        self._memberships = Memberships(self._began)
        self._updates = Updates()
        self._gatherers: dict[GuildId, GuildGatherer] = {}
        self._timers: dict[GuildId, asyncio.TimerHandle] = {}
        self._looking: set[asyncio.Task[None]] = set()
        self._awaited: set[GuildId] = set()
        self._pace = pace or Pace()
        self._leaving = False

    @property
    def guilds(self) -> int:
        """How many guilds are watched."""
        return len(self._gatherers)

    @property
    def unseen(self) -> int:
        """How many guilds of the session have not been looked at yet."""
        return len(self._awaited) + sum(not g.seen for g in self._gatherers.values())

    # ------------------------------------------------------------ the session

    def session_began(
        self, own_id: UserId, guild_ids: Iterable[GuildId], since: datetime | None = None
    ) -> None:
        """A new session: whatever happened since `since`, if that is known, was not seen.

        The guilds' GUILD_CREATE are to follow; their joins may come before.
        """
        now = self._began = self._clock()
        self._memberships.heard_since(now)
        self._own_id = own_id
        self._resumed, self._replay = False, None
        self._awaited = set(guild_ids)
        for guild_id in self._gatherers.keys() - self._awaited:
            self._remove(guild_id)
        for guild_id in self._awaited:
            self._recorder.write(now, "GAP", guild_id, None)
            self._recovery.away(guild_id, since, now)
            if (gatherer := self._gatherers.get(guild_id)) is not None:
                gatherer.lost()

    def session_goes_on(self, own_id: UserId, guilds: Mapping[GuildId, OwnGuild]) -> None:
        """Another process's session is resumed; `guilds` are told of as far as they are known."""
        self._own_id = own_id
        self._resumed, self._replay = True, Replay(self._progress.now.alive_at)
        self._memberships.heard_since(self._progress.now.alive_at)
        for guild_id, guild in guilds.items():
            gatherer = self._gatherer(guild_id)
            gatherer.guild_name = guild.name
            gatherer.counted(guild.members)
            self._powers.told(guild_id, guild.permissions)

    def session_resumed(self) -> None:
        """Everything was replayed. Guilds that were not looked at in this process are now."""
        self._replay = None
        if self._resumed:
            for gatherer in tuple(self._gatherers.values()):
                if not gatherer.seen:
                    gatherer.look_by(self._pace.next(self._clock()))
                self._advance(gatherer)

    def was_away(self, since: datetime) -> None:
        """It is learnt only now that nobody listened between `since` and the session's begin."""
        for guild_id, gatherer in self._gatherers.items():
            self._recovery.away(guild_id, since, self._began)
            if gatherer.seen and gatherer.settled:
                self._recovery.looked(guild_id, gatherer.guild_name, refused=gatherer.refused)

    def dispatch(self, kind: str, data: Mapping[str, object]) -> None:
        """Take one of the `TAKEN` dispatches, raw. A malformed one is logged and left out."""
        now = self._clock()
        try:
            if kind in _GUILD_CHANGED:
                self._guild_changed(kind, data, now)
            else:
                self._happened(kind, data, now)
        except ObserveError as error:
            self.counters.malformed += 1
            log.warning("A dispatch was left out: %s.", error.reason, extra={"dispatch": kind})

    def _guild_changed(self, kind: str, data: Mapping[str, object], now: datetime) -> None:
        guild_id = guild_of({"guild_id": data.get("id")})
        unavailable = data.get("unavailable") is True
        if kind == "GUILD_DELETE":
            if unavailable:
                self._recovery.out(guild_id)
            else:
                self._remove(guild_id)
            return
        self._powers.take(guild_id, kind, data, self._own_id)
        gatherer = self._gatherer(guild_id)
        gatherer.guild_name = str(data.get("name") or gatherer.guild_name)
        self._looks.forget(guild_id)
        if kind == "GUILD_CREATE" and not unavailable:
            gatherer.counted(data.get("member_count"))
            if guild_id in self._awaited:
                self._awaited.discard(guild_id)
                if not self._awaited:
                    # Told again, these would look as if the guilds had been away.
                    self._progress.reached()
                gatherer.look_by(self._pace.next(now))
            else:
                self._recorder.write(now, "GAP", guild_id, None)
                gatherer.start(self._pace.next(now))
            self._recovery.back(guild_id, now)
            self._advance(gatherer)

    def _happened(self, kind: str, data: Mapping[str, object], now: datetime) -> None:
        guild_id = guild_of(data)
        gatherer = self._gatherer(guild_id)
        if kind in RECORDED:
            self._recorder.write(now, kind, guild_id, data)
        if self._powers.take(guild_id, kind, data, self._own_id):
            gatherer.permissions_changed(now)
        elif (event := self._updates.news(guild_id, translate(kind, data, now))) is not None:
            if isinstance(event, MemberLeft):
                event = replace(event, audited=self._powers.sees_audit_log(guild_id))
            self.counters.joins += kind == "GUILD_MEMBER_ADD"
            self._progress.gathered(guild_id)
            event = self._memberships.told(guild_id, event)
            if self._replay is not None:
                event = self._replay.dated(guild_id, event)
            gatherer.take(event, names_of(data) if kind == "INVITE_CREATE" else ())
        self._advance(gatherer)

    def _gatherer(self, guild_id: GuildId) -> GuildGatherer:
        if (gatherer := self._gatherers.get(guild_id)) is None:
            gatherer = GuildGatherer(guild_id, self._new_id, gap=not self._resumed)
            self._gatherers[guild_id] = gatherer
        return gatherer

    def _send(self, observation: Observation) -> None:
        self._progress.sealed(observation.guild_id, len(observation.events))
        self._publish(observation)

    def _remove(self, guild_id: GuildId) -> None:
        gatherer = self._gatherers.pop(guild_id, None)
        if gatherer is not None and (observation := gatherer.seal(self._clock())) is not None:
            self._send(observation)
        self._recovery.forget(guild_id)
        self._powers.forget(guild_id)
        if (timer := self._timers.pop(guild_id, None)) is not None:
            timer.cancel()
        self._looks.forget(guild_id)

    # ------------------------------------------------------------ timers and looks

    def _advance(self, gatherer: GuildGatherer) -> None:
        """Do what is due for a guild, and come back when more is."""
        guild_id = gatherer.guild_id
        if (timer := self._timers.pop(guild_id, None)) is not None:
            timer.cancel()
        if self._leaving:
            if (observation := gatherer.seal(self._clock())) is not None:
                self._send(observation)
            return
        if self._replay is not None:
            return  # all that is replayed goes together: its order tells what its times do not
        while (step := gatherer.advance(self._clock())) is not None:
            if isinstance(step, LookNow):
                task = asyncio.create_task(self._look(gatherer))
                self._looking.add(task)
                task.add_done_callback(self._looking.discard)
            else:
                self._send(step)
        if (due := gatherer.due()) is not None:
            delay = max(0.0, (due - self._clock()).total_seconds())
            loop = asyncio.get_running_loop()
            self._timers[guild_id] = loop.call_later(delay, self._advance, gatherer)

    async def _look(self, gatherer: GuildGatherer) -> None:
        try:
            seen = await self._looker.look(gatherer.guild_id, careful=gatherer.refused)
        except Exception:
            # The joins must not wait for a look that a fault of ours has ended.
            log.exception("Looking at guild %s failed.", gatherer.guild_id)
            seen = Seen(InviteLook(at=self._clock(), status=0), None, (), None)
        if self._gatherers.get(gatherer.guild_id) is not gatherer:
            return
        answer = seen.look, seen.vanity, seen.names, seen.retry_after
        self._send(gatherer.answered(self._clock(), *answer))
        if gatherer.settled and not self._leaving:
            self._recovery.looked(gatherer.guild_id, gatherer.guild_name, refused=gatherer.refused)
        self._advance(gatherer)

    # ------------------------------------------------------------ the end

    async def drain(self, budget: float) -> None:
        """Publish what is gathered, within `budget` seconds; later events go out at once.

        Looks that joins were waiting for are made now; what they do not answer in time for is
        published without.
        """
        await self._recovery.stop()
        for gatherer in tuple(self._gatherers.values()):
            gatherer.hurry(self._clock())
            self._advance(gatherer)
        if self._looking:
            await asyncio.wait(tuple(self._looking), timeout=budget)
        self._leaving = True
        for gatherer in tuple(self._gatherers.values()):
            self._advance(gatherer)
        for task in tuple(self._looking):
            task.cancel()
