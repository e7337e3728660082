"""Everything that is known of an invite (SPEC 1.10): the read model, and the Protocol of stores."""

from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from usher.frozen import frozen
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId
from usher.invites.notes import CodeNote

if TYPE_CHECKING:  # commands import this, and the whole model takes 10 ms at a cold start
    from usher.attribution.model import CodeStatus


@frozen
class CodeRecord:
    """One invite code."""

    code: InviteCode
    inviter_id: UserId | None
    """`VANITY` for the vanity code."""
    channel_id: ChannelId | None
    uses: int | None
    """Discord's count; None until Discord has shown one."""
    max_uses: int
    """0 for no limit."""
    created_at: datetime | None
    expires_at: datetime | None
    temporary: bool
    status: "CodeStatus"
    last_used_at: datetime | None
    joins: int = 0
    """Joins attributed to the code."""
    present: int = 0
    """Those of them who are still in the guild."""
    by_hour: tuple[int, ...] = (0,) * 24
    """Joins by the hour of the day of joining, in UTC."""
    note: CodeNote = field(default_factory=CodeNote)
    """What people say of it."""

    @property
    def active(self) -> bool:
        """Whether somebody can join by it."""
        return self.status.value == "active"

    @property
    def vanity(self) -> bool:
        """Whether it is the guild's own code."""
        return self.inviter_id == VANITY

    @property
    def conversion(self) -> float | None:
        """The share of its joins who are still in the guild, 0 to 1; None without joins."""
        return self.present / self.joins if self.joins else None


class CodeRecords(Protocol):
    """Invite records. Every method may raise an error of its store."""

    def code(self, guild_id: GuildId, code: InviteCode, now: datetime) -> CodeRecord | None:
        """Read a code as of now; None for one that was never seen."""
        ...
