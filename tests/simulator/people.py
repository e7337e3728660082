"""Memberships of a history: who really came by what, and what Discord tells of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.simulator.clock import clock, moment
from tests.simulator.invites import GUILD, VANITY_CODE


@dataclass
class Membership:
    """A stay of somebody in the guild. With the user, `joined` is its identity."""

    user: str
    joined: int
    code: str | None
    inviter: str | None
    """`VANITY` for the vanity code."""
    bot: bool = False
    shown: int | None = None
    """When the count shows it."""
    left: int | None = None
    heard: int | None = None
    """When the listener was told, first; None while it was not."""
    departure_heard: bool = False
    told: int | None = None
    """When Discord's search told of it."""

    @property
    def key(self) -> tuple[str, datetime]:
        """User and `joined_at`."""
        return self.user, moment(self.joined)

    @property
    def member(self) -> dict[str, Any]:
        """Discord's member object."""
        name = f"u{self.user[-4:]}"
        return {
            "user": {"id": self.user, "username": name, "discriminator": "0", "bot": self.bot},
            "joined_at": clock(self.joined),
            "roles": [],
            "flags": 0,
        }

    @property
    def arrival(self) -> dict[str, Any]:
        """The dispatch GUILD_MEMBER_ADD."""
        return {"guild_id": GUILD, **self.member}

    @property
    def departure(self) -> dict[str, Any]:
        """The dispatch GUILD_MEMBER_REMOVE."""
        return {"guild_id": GUILD, "user": self.member["user"]}

    def present(self, at: int) -> bool:
        """Whether they are in the guild at a moment."""
        return self.joined <= at and (self.left is None or self.left > at)

    def searched(self, *, speechless: bool) -> dict[str, Any]:
        """What Discord's search tells of it."""
        source = 1 if self.bot else 3 if self.code is None else 6 if self.code == VANITY_CODE else 5
        by_invite = self.code not in (None, VANITY_CODE)
        return {
            "member": self.member,
            "source_invite_code": None if speechless else self.code,
            "join_source_type": 0 if speechless else source,
            "inviter_id": self.inviter if by_invite and not speechless else None,
        }
