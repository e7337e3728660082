"""Invites of a history, and how Discord shows them."""

from dataclasses import dataclass, field
from typing import Any

from tests.simulator.clock import clock, snowflake

GUILD = "900000000000000001"
VANITY_CODE = "our-guild"
MODERATOR = "700000000000000009"
_ONLY_WITH_MANAGE_SERVER = ("uses", "max_uses", "max_age", "temporary", "created_at")


@dataclass
class Invite:
    """An invite with the times at which its uses are shown."""

    code: str
    inviter: str
    created: int
    max_uses: int = 0
    expires: int | None = None
    only: str | None = None
    """The one user who can use it."""
    told: bool = True
    """Whether the listener is told of its making. One that is not lasts: an invite that is made,
    used up and ended between two looks leaves no trace."""
    used: int = 0
    shown_from: list[int] = field(default_factory=list)
    ended: int | None = None
    """Used up or revoked."""
    hidden_from: int | None = None

    def usable(self, at: int) -> bool:
        """Whether somebody could join by it."""
        lasts = self.ended is None and (self.expires is None or at < self.expires)
        return lasts and self.created <= at

    def uses(self, at: int) -> int:
        """The count that is shown at a moment."""
        return sum(1 for shown in self.shown_from if shown <= at)

    def row(self, at: int, *, hidden: bool = False) -> dict[str, Any] | None:
        """How the list shows it at a moment, if it does; `hidden` without Manage Server."""
        gone = self.hidden_from is not None and self.hidden_from <= at
        if gone or self.created > at or (self.expires is not None and self.expires <= at):
            return None
        row = {
            "code": self.code,
            "inviter": {"id": self.inviter, "username": f"inviter{self.inviter}"},
            "channel": {"id": "1", "name": "general", "type": 0},
            "uses": self.uses(at),
            "max_uses": self.max_uses,
            "max_age": 0 if self.expires is None else (self.expires - self.created) // 1000,
            "temporary": False,
            "created_at": clock(self.created),
            "expires_at": None if self.expires is None else clock(self.expires),
        }
        if hidden:
            row = {key: row[key] for key in row if key not in _ONLY_WITH_MANAGE_SERVER}
        return row

    def creation(self) -> dict[str, Any]:
        """The dispatch INVITE_CREATE."""
        shown = self.row(self.created) or {}
        return shown | {"guild_id": GUILD, "channel_id": "1", "uses": 0}

    def deletion(self) -> dict[str, str]:
        """The dispatch INVITE_DELETE."""
        return {"guild_id": GUILD, "channel_id": "1", "code": self.code}

    def made_entry(self) -> dict[str, Any]:
        """The audit log's entry of its making."""
        return self._entry(40, self.created, self.inviter, "new_value", 0)

    def revoked_entry(self, at: int) -> dict[str, Any]:
        """The audit log's entry of its end by hand, with the count at that time."""
        return self._entry(42, at, MODERATOR, "old_value", self.used)

    def _entry(self, action: int, at: int, by: str, side: str, uses: int) -> dict[str, Any]:
        told = {
            "code": self.code,
            "inviter_id": self.inviter,
            "channel_id": "1",
            "max_uses": self.max_uses,
            "max_age": 0 if self.expires is None else (self.expires - self.created) // 1000,
            "uses": uses,
        }
        return {
            "guild_id": GUILD,
            "id": snowflake(at),
            "user_id": by,
            "target_id": None,
            "action_type": action,
            "changes": [{"key": key, side: value} for key, value in told.items()],
        }
