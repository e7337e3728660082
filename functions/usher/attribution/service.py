"""From an observation to ledger lines, table rows and effects: the only writer of attribution.

Every step may be repeated. The decision follows from the stored head alone, and the head moves
last; lines and marks of events keep what was done from being done again (DESIGN 2).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import SystemRandom
from typing import Final

from usher.attribution.changing import change_of, with_notices
from usher.attribution.deeds import record_deeds, resets_of
from usher.attribution.following import FollowUp, membership_of
from usher.attribution.greeting import Greeter
from usher.attribution.judging import JUDGED, Law, concerned
from usher.attribution.mending import Mender, users_in
from usher.attribution.model import Decision, Head, Membership, Stored
from usher.attribution.plan import ROOM, Part, cut
from usher.attribution.ports import (
    AppliedError,
    Attribute,
    Change,
    Confirmations,
    ContestedError,
    Effects,
    Guilds,
    GuildSettings,
    Hooks,
    Ledger,
    Loaded,
    NeedsClosed,
    PoisonError,
    StaleHeadError,
)
from usher.attribution.recording import believe, record_facts, users_of
from usher.attribution.report import Report, by_confidence, joins_in, settled_in
from usher.attribution.telling import Teller
from usher.attribution.touched import only_updates
from usher.attribution.warding import Warden
from usher.contracts.observation import Observation
from usher.credit.fake import Rules
from usher.credit.rules import Members
from usher.greeting.rules import ended_by
from usher.ledger.lines import Line, LineType, join_id
from usher.policy.checking import invites_made
from usher.rewards.owed import owed_by

ATTEMPTS: Final = 6
PAUSE_SECONDS: Final = 0.05
DETERMINISTIC: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What pure code raises when a message makes no sense: it would raise it again."""

_JITTER: Final = SystemRandom()


@dataclass(slots=True)
class _Try:
    """What is carried from one attempt to the next."""

    stand: dict[str, Line] = field(default_factory=dict)
    """Lines known to stand in the ledger, by event id."""
    applied: bool = False
    """Whether some of those lines are applied already."""


@dataclass(frozen=True, slots=True)
class AttributionService:
    """Processes observations, one at a time for a guild."""

    guilds: Guilds
    ledger: Ledger
    effects: Effects
    confirmations: Confirmations
    attribute: Attribute
    needs_closed: NeedsClosed
    pause: Callable[[float], None]
    hooks: Hooks
    first_seen: Callable[[Observation], None] | None = None
    """What follows a guild's first observation; may be called again for the same one."""
    room: int = ROOM
    """Actions of a transaction; fewer only in tests."""

    def handle(self, observation: Observation) -> Report:
        """Process an observation.

        Raises PoisonError when it can never succeed, ContestedError and errors of AWS when it may.
        """
        if only_updates(observation) and not concerned(observation, self._rules(observation)):
            return Report(effects=self._greeter.greet(observation, tuple, ()))
        carried = _Try()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                report = self._attempt(observation, carried)
                told = Warden(self.guilds, self.effects).tell(observation)
                return replace(report, attempts=attempt, effects=report.effects + told)
            except StaleHeadError:
                self.pause(_JITTER.uniform(0.3, 1) * PAUSE_SECONDS * 2**attempt)
            except AppliedError:
                carried.applied = True
        raise ContestedError

    def _attempt(self, observation: Observation, carried: _Try) -> Report:
        # Read first: all that is read later is at least as new, though another delivery goes on.
        applied = self.guilds.applied(carried.stand) if carried.applied else frozenset()
        loaded = self.guilds.load(observation)
        if loaded.done:
            return self._tell_again(observation, loaded)
        stored = loaded.stored
        if self.needs_closed(stored, observation):
            stored = self.guilds.reopen(stored, observation)
        decision = self._decide(stored, observation)
        law = self._law(decision, observation)
        mender = Mender(self.guilds, self.ledger, stored.head.version + 1)
        unbooked = mender.lines(observation)
        users = users_of(decision.facts) | concerned(observation, law.rules) | users_in(unbooked)
        members = self.guilds.members(observation.guild_id, users, observation.id)
        lines, replaced = self._record(decision, observation, members, carried, mender, law)
        ended = ended_by(lines)
        decision, lines = believe(decision, replaced), (*unbooked, *lines)
        fresh = tuple(line for line in lines if line.event_id not in applied)
        parts = self._cut(fresh, members, stored, decision)
        # What the settings say matters to codes before they are written, to joins afterwards.
        settings = self.guilds.settings(observation.guild_id) if decision.codes else None
        change = change_of(observation, loaded, decision, stored, members, parts)
        change = replace(change, owed=owed_by(lines, members.before), ended=ended)
        change = with_notices(change, decision, settings)
        change = replace(change, told=self._teller.of(observation, lines, members.before))
        units = self.guilds.commit(change)
        # Joins that another observation applied meanwhile are told of by that one.
        ours = {line.event_id for line in fresh}
        own = loaded.own or {}
        told = [
            line
            for line in lines
            if line.type is LineType.JOIN and (line.event_id in ours or membership_of(line) in own)
        ]
        effects, to_confirm = self._follow_up(observation, settings, change, told)
        effects += self._greeter.greet(observation, lambda: told, change.ended)
        effects += self._teller.tell(lines, change.told)
        self._begin(observation, decision.head)
        joins = [line for line in told if not line.imported]
        settled, uncertain = settled_in(stored, decision)
        return Report(
            joins=by_confidence(joins),
            settled=settled,
            uncertain=uncertain,
            leaves=sum(line.type is LineType.LEAVE for line in fresh),
            imported=len(told) - len(joins),
            lines=len(lines),
            said=tuple(line for line in lines if line.word is not None),
            duplicates=joins_in(observation) - sum(_is_seen(line, unbooked) for line in joins),
            kept=len(replaced),
            parts=len(parts),
            write_units=units,
            effects=effects,
            to_confirm=to_confirm,
        )

    def _decide(self, stored: Stored, observation: Observation) -> Decision:
        try:
            return self.attribute(stored, observation)
        except DETERMINISTIC as error:
            raise PoisonError(f"attribute: {type(error).__name__}") from error

    def _law(self, decision: Decision, observation: Observation) -> Law:
        """Read by what memberships are judged, where any may be."""
        may = decision.facts or any(isinstance(one, JUDGED) for one in observation.events)
        return Law(self._rules(observation) if may else Rules(), decision.head.off)

    def _rules(self, observation: Observation) -> Rules:
        return self.guilds.rules(observation.guild_id)

    def _record(
        self,
        decision: Decision,
        observation: Observation,
        members: Members,
        carried: _Try,
        mender: Mender,
        law: Law,
    ) -> tuple[tuple[Line, ...], dict[Membership, Line]]:
        """Write the ledger; also return the joins of which it said something else already."""
        try:
            resets = resets_of(observation)
            added = self.guilds.added(observation.guild_id, resets) if resets else {}
            version = mender.version
            recording = record_facts(decision.facts, observation, members.before, version, law)
            deeds = record_deeds(observation, added, (version, len(recording.lines)))
            recording = replace(recording, lines=(*recording.lines, *deeds))
        except DETERMINISTIC as error:
            raise PoisonError(f"record: {type(error).__name__}") from error
        new = [line for line in recording.lines if line.event_id not in carried.stand]
        ids = {line.event_id for line in new}
        names = [name for name in recording.names if name.line.event_id in ids]
        for line in self.ledger.record(new, names):
            carried.stand[line.event_id] = line
        stand = tuple(carried.stand[line.event_id] for line in recording.lines)
        replaced = {
            membership_of(there): there
            for ours, there in zip(recording.lines, stand, strict=True)
            if there.type is LineType.JOIN and there.word != ours.word
        }
        ours = {line.event_id: line for line in recording.lines}
        stand = mender.anew(ours, stand, recording.names)
        carried.stand |= {line.event_id: line for line in stand}
        return stand, replaced

    def _cut(
        self, fresh: Iterable[Line], members: Members, stored: Stored, decision: Decision
    ) -> tuple[Part, ...]:
        reopened = [group for group in stored.closed if group.id in decision.reopened]
        # A group without uses can never be reopened.
        closed = [group for group in decision.closed if group.uses]
        return cut(fresh, members.now, decision.codes, closed, reopened, self.room)

    def _tell_again(self, observation: Observation, loaded: Loaded) -> Report:
        """Follow up an observation applied before: the last try may have ended there."""
        guild_id, own = observation.guild_id, loaded.own or {}
        ids = [(join_id(guild_id, *membership), at) for membership, at in own.items()]
        effects = to_confirm = 0
        if own or loaded.notices or loaded.owed or invites_made(observation):
            follow_up = FollowUp(self.effects, self.confirmations)
            effects, to_confirm = follow_up.send(
                observation,
                self.guilds.settings(guild_id),
                loaded.notices,
                loaded.owed,
                lambda: self.ledger.read(guild_id, ids),
            )
        effects += self._greeter.greet(
            observation, lambda: self.ledger.read(guild_id, ids), loaded.ended
        )
        effects += self._teller.tell_again(guild_id, loaded.told)
        self._begin(observation, loaded.stored.head)
        duplicates = joins_in(observation)
        return Report(repeated=True, duplicates=duplicates, effects=effects, to_confirm=to_confirm)

    def _begin(self, observation: Observation, head: Head) -> None:
        """Do what a guild's first observation asks for."""
        if self.first_seen is not None and head.since == observation.at:
            self.first_seen(observation)

    @property
    def _teller(self) -> Teller:
        return Teller(self.guilds, self.ledger, self.hooks)

    @property
    def _greeter(self) -> Greeter:
        return Greeter(self.guilds, self.effects)

    def _follow_up(
        self,
        observation: Observation,
        settings: GuildSettings | None,
        change: Change,
        told: list[Line],
    ) -> tuple[int, int]:
        if not (told or change.notices or change.owed or invites_made(observation)):
            return 0, 0
        follow_up = FollowUp(self.effects, self.confirmations)
        settings = settings or self.guilds.settings(observation.guild_id)
        return follow_up.send(observation, settings, change.notices, change.owed, lambda: told)


def _is_seen(join: Line, unbooked: tuple[Line, ...]) -> bool:
    return not join.recovered and join not in unbooked
