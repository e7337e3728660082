"""Comparing Discord's invites with ours, and taking Discord's over (SPEC 3.5).

A repair is a whole look at the invites, sent along the road of the joins, so that the one writer
takes it in. It says `gap`: counts that moved while nobody watched convince nobody, since who used
a code unseen may be somebody else than who joined last. So the baseline moves, and nobody is
credited.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.attribution.sync import Held, Listed, compare
from usher.attribution.sync_ports import Comparison, Repaired
from usher.contracts.observation import InviteLook, Observation, VanityLook
from usher.ids import VANITY, GuildId, InviteCode, UserId


@dataclass(frozen=True, slots=True)
class Seen:
    """What Discord answered."""

    look: InviteLook
    """A good and whole one."""
    vanity: VanityLook | None
    names: tuple[tuple[UserId, str], ...]


class Looks(Protocol):
    """Asks Discord; raises LookError."""

    def look(self, guild_id: GuildId, *, vanity: bool) -> Seen:
        """Ask for the invites and, if told, for the vanity code."""
        ...


class Codes(Protocol):
    """The codes as stored, consistently. May raise an error of the store."""

    def held(self, guild_id: GuildId) -> dict[InviteCode, Held]:
        """Read every code of a guild, ended ones too."""
        ...


class Road(Protocol):
    """The way to the event worker; raises AWS errors."""

    def name_of(self, guild_id: GuildId) -> str:
        """Read the guild's name as last seen."""
        ...

    def carry(self, observation: Observation) -> bool:
        """Have an observation taken in; False when it will be taken in later."""
        ...


@dataclass(frozen=True, slots=True)
class SyncService:
    """Implements Syncs."""

    looks: Looks
    codes: Codes
    road: Road
    clock: Callable[[], datetime]

    def compare(self, guild_id: GuildId) -> Comparison:
        """Ask Discord and compare."""
        ours = self.codes.held(guild_id)
        seen = self.looks.look(guild_id, vanity=_has_vanity(ours))
        theirs = _listed(seen)
        active = sum(held.active for held in ours.values())
        rows = seen.look.rows
        hidden = bool(rows) and all(row.uses is None for row in rows)
        return Comparison(len(theirs), active, compare(_comparable(ours, seen), theirs), hidden)

    def repair(self, guild_id: GuildId, repair_id: str) -> Repaired | None:
        """Ask Discord and have its answer taken over; None when that will be done later."""
        before = self.codes.held(guild_id)
        seen = self.looks.look(guild_id, vanity=_has_vanity(before))
        theirs = _listed(seen)
        differences = compare(_comparable(before, seen), theirs)
        observation = Observation(
            id=f"sync.{repair_id}",
            guild_id=guild_id,
            guild_name=self.road.name_of(guild_id),
            at=self.clock(),
            look=seen.look,
            vanity=seen.vanity,
            gap=True,
            names=seen.names,
        )
        if not self.road.carry(observation):
            return None
        left = compare(_comparable(self.codes.held(guild_id), seen), theirs)
        still = {one.code for one in left}
        return Repaired(tuple(one for one in differences if one.code not in still), left)


def _has_vanity(ours: Mapping[InviteCode, Held]) -> bool:
    return any(held.active and held.inviter_id == VANITY for held in ours.values())


def _listed(seen: Seen) -> dict[InviteCode, Listed]:
    theirs = {row.code: Listed(row.uses, row.inviter_id) for row in seen.look.rows}
    if seen.vanity is not None and seen.vanity.code is not None:
        theirs[seen.vanity.code] = Listed(seen.vanity.uses, VANITY)
    return theirs


def _comparable(ours: Mapping[InviteCode, Held], seen: Seen) -> dict[InviteCode, Held]:
    """Leave the vanity code out where Discord was not heard on it: it is in no list."""
    heard = seen.vanity is not None and seen.vanity.ok
    current = seen.vanity.code if seen.vanity is not None else None
    return {
        code: held
        for code, held in ours.items()
        if held.inviter_id != VANITY or (heard and code == current)
    }
