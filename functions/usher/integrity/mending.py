"""Repairs, each along the road by which such a thing is written anyway (DESIGN 2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import batched
from typing import Protocol

from usher.attribution.sync_ports import LookError, Repaired
from usher.contracts.backfill import BackfillStep
from usher.contracts.mending import MOST_LINES, LinesUnbooked, MemberMissing
from usher.contracts.observation import Observation
from usher.ids import GuildId, UserId
from usher.integrity.model import Found, Kind
from usher.integrity.ports import Events


class Steps(Protocol):
    """Takes steps of imports for the confirmer; raises an error of its queue."""

    def send(self, step: BackfillStep, delay: int) -> None:
        """Hand a step over with its delay in seconds."""
        ...


class Syncing(Protocol):
    """Takes Discord's list of invites over."""

    def repair(self, guild_id: GuildId, repair_id: str) -> Repaired | None:
        """Ask Discord and send its answer along; raises LookError and errors of AWS."""
        ...


@dataclass(frozen=True, slots=True)
class Mender:
    """Implements Mending. The same repair again is done once."""

    events: Events
    steps: Steps
    sync: Syncing
    log: Callable[[GuildId, Found, str], None]
    """Writes a repair to the log, with its id."""

    def mend(self, guild_id: GuildId, found: Sequence[Found], now: datetime) -> int:
        """Have differences repaired; return how many repairs were sent."""
        sent = 0
        for some in batched(_timed(found, Kind.UNBOOKED), MOST_LINES, strict=False):
            lines = LinesUnbooked(tuple((one.subject, at) for one, at in some), now)
            sent += self._send(guild_id, [one for one, _ in some], (lines,), now)
        for some in batched(_timed(found, Kind.GHOST), MOST_LINES, strict=False):
            gone = tuple(MemberMissing(UserId(one.subject), at, now) for one, at in some)
            sent += self._send(guild_id, [one for one, _ in some], gone, now)
        for one in found:
            if one.kind is Kind.MISSED:
                sent += self._import(guild_id, one, now)
        return sent + self._look(guild_id, [one for one in found if one.kind is Kind.INVITE], now)

    def _send(
        self,
        guild_id: GuildId,
        found: Sequence[Found],
        events: tuple[LinesUnbooked | MemberMissing, ...],
        now: datetime,
    ) -> int:
        id_ = repair_id(guild_id, found, now)
        self.events.send(Observation(f"integrity.{id_}", guild_id, "", now, events))
        self._note(guild_id, found, id_)
        return len(found)

    def _import(self, guild_id: GuildId, one: Found, now: datetime) -> int:
        """Have Discord's own record asked for the member, as `/invite import` does."""
        id_ = repair_id(guild_id, [one], now)
        step = BackfillStep(guild_id, f"integrity.{id_}", now, user_id=UserId(one.subject))
        self.steps.send(step, 0)
        self._note(guild_id, [one], id_)
        return 1

    def _look(self, guild_id: GuildId, found: Sequence[Found], now: datetime) -> int:
        """Send a whole look at the invites along, as `/sync_member_invites` does."""
        if not found:
            return 0
        id_ = repair_id(guild_id, found, now)
        try:
            self.sync.repair(guild_id, f"integrity.{id_}")
        except LookError:
            return 0  # Discord does not answer any more: the next check tries again
        self._note(guild_id, found, id_)
        return len(found)

    def _note(self, guild_id: GuildId, found: Sequence[Found], id_: str) -> None:
        for one in found:
            self.log(guild_id, one, id_)


def _timed(found: Sequence[Found], kind: Kind) -> list[tuple[Found, datetime]]:
    """Pick what a repair names by its time, the earliest first."""
    timed = [(one, one.moment) for one in found if one.kind is kind and one.moment is not None]
    return sorted(timed, key=lambda one: (one[1], one[0].subject))


def repair_id(guild_id: GuildId, found: Sequence[Found], now: datetime) -> str:
    """Name a repair by what it repairs, and when: another check's is another."""
    said = [f"{one.kind.value}|{one.subject}" for one in found]
    return sha256("\n".join([guild_id, now.isoformat(), *said]).encode()).hexdigest()[:32]
