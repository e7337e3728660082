"""The Discord of a history: its invites, what it shows when, and what it says at once."""

import random
from dataclasses import dataclass
from typing import Any

from tests.simulator.habits import Habits
from tests.simulator.invites import VANITY_CODE, Invite
from tests.simulator.people import Membership


@dataclass(frozen=True, slots=True)
class Event:
    """A dispatch at the time at which Discord makes it, before any delay."""

    at: int
    kind: str
    data: dict[str, Any]
    about: Membership | None = None
    prompt: bool = False
    """It comes without delay."""


class Discord:
    """Applies everything at once and shows it when its delays allow.

    Delays have dice of their own, thrown the same number of times whatever the habits: the same
    people do the same things in a guild with more delay.
    """

    def __init__(self, seed: int, habits: Habits) -> None:
        self._dice = random.Random(f"{seed} counts")  # noqa: S311 - a simulation, not a secret
        self._habits = habits
        self.invites: list[Invite] = []
        self.events: list[Event] = []
        self.audit_log: list[tuple[int, dict[str, Any]]] = []
        self.vanity_shown: list[int] = []

    def open(self, invite: Invite) -> Invite:
        """An invite is made; those of before the history are told of by the first look."""
        self.invites.append(invite)
        if invite.created >= 0:
            self.audit_log.append((invite.created, invite.made_entry()))
            if invite.told:
                prompt = invite.only is not None
                created = Event(invite.created, "INVITE_CREATE", invite.creation(), prompt=prompt)
                self.events.append(created)
            if invite.only is not None:
                target = {"code": invite.code, "user_ids": [invite.only]}
                self.events.append(
                    Event(invite.created + 100, "USHER", {"target_users": target}, prompt=True)
                )
        return invite

    def use(self, invite: Invite, now: int) -> int:
        """Somebody joins by an invite; its last use deletes it. Say when that is shown."""
        shown = now + self._count_delay()
        invite.used += 1
        invite.shown_from.append(shown)
        if invite.used == invite.max_uses:
            invite.ended, invite.hidden_from = now, shown
            self.events.append(Event(now, "INVITE_DELETE", invite.deletion()))
        return shown

    def use_vanity(self, now: int) -> int:
        """Somebody joins by the vanity code. Say when that is shown."""
        shown = now + self._count_delay()
        self.vanity_shown.append(shown)
        return shown

    def miscount(self, invite: Invite, now: int) -> None:
        """A count rises that nobody used."""
        invite.shown_from.append(now)

    def revoke(self, invite: Invite, now: int) -> None:
        """Somebody deletes an invite by hand."""
        invite.ended = invite.hidden_from = now
        entry = invite.revoked_entry(now)
        self.audit_log.append((now, entry))
        self.events.append(Event(now, "INVITE_DELETE", invite.deletion()))
        self.events.append(Event(now, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry))

    def join(self, membership: Membership) -> None:
        """Somebody is there."""
        self.events.append(
            Event(membership.joined, "GUILD_MEMBER_ADD", membership.arrival, membership)
        )

    def leave(self, membership: Membership, now: int) -> None:
        """Somebody is gone."""
        membership.left = now
        self.events.append(Event(now, "GUILD_MEMBER_REMOVE", membership.departure, membership))

    def listed(self, at: int, *, hidden: bool) -> list[dict[str, Any]]:
        """The answer to GET invites; `hidden` without Manage Server."""
        rows = (invite.row(at, hidden=hidden) for invite in self.invites)
        return [row for row in rows if row is not None]

    def vanity(self, at: int) -> dict[str, Any]:
        """The answer to GET vanity-url."""
        return {"code": VANITY_CODE, "uses": sum(1 for shown in self.vanity_shown if shown <= at)}

    def _count_delay(self) -> int:
        chance, length = self._dice.random(), self._dice.random()
        if chance < self._habits.late_count:
            return 200 + int(length * (self._habits.longest_delay - 200))
        return -int(length * 90) if chance > 1 - self._habits.early_count else 0
