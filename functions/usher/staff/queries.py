"""Staff members who refer people to a broker, and who may look after their records."""

from datetime import datetime
from typing import Final, Protocol

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId

ROLE_SETTING: Final = "guild#staff_role_id"
"""The role whose members may run the log and staff commands beside Manage Server (SPEC 3)."""


def staff_setting(user_id: UserId) -> str:
    """Name the setting that holds a staff member's mapping."""
    return f"staff#{user_id}"


def upgrade_setting(user_id: UserId, staff_id: UserId) -> str:
    """Name the row that remembers a member's upgrade for a staff member for ever."""
    return f"upgrade#{user_id}#{staff_id}"


@frozen
class Mapping:
    """Where a staff member's referrals are credited: introducing broker link and code."""

    ib_link: str
    ib_code: str


@frozen
class StaffMember:
    """A member of the staff list."""

    user_id: UserId
    mapping: Mapping


@frozen
class Upgrade:
    """A VIP upgrade that was put to a staff member's account."""

    staff_id: UserId
    by: UserId | None
    at: datetime | None


class StaffReads(Protocol):
    """The staff list as commands see it, consistently. Methods may raise an error of the store."""

    def role(self, guild_id: GuildId) -> RoleId | None:
        """Read the configured staff role."""
        ...

    def find(self, guild_id: GuildId, user_id: UserId) -> StaffMember | None:
        """Find somebody in the staff list."""
        ...

    def everyone(self, guild_id: GuildId) -> tuple[StaffMember, ...]:
        """Read the staff list, lower user ids first."""
        ...

    def upgrades(self, guild_id: GuildId, user_id: UserId) -> tuple[Upgrade, ...]:
        """Read which upgrades of a member are recorded, the oldest first."""
        ...
