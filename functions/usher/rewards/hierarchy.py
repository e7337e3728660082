"""Whether a role may be given: Discord's hierarchy and permissions. Pure.

Source: Discord's documentation, Permissions: Permission Hierarchy. A bot gives and takes roles
below its own highest one, and needs Manage Roles; roles of equal position count as not below.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId

ADMINISTRATOR: Final = 1 << 3
MANAGE_ROLES: Final = 1 << 28

DANGEROUS: Final[Mapping[int, str]] = {
    ADMINISTRATOR: "Administrator",
    1 << 5: "Manage Server",
    MANAGE_ROLES: "Manage Roles",
    1 << 4: "Manage Channels",
    1 << 1: "Kick Members",
    1 << 2: "Ban Members",
    1 << 40: "Timeout Members",
    1 << 13: "Manage Messages",
    1 << 29: "Manage Webhooks",
    1 << 17: "Mention Everyone",
}
"""Permissions with which a member can harm a server, by their names in Discord's settings."""


class Obstacle(StrEnum):
    """Why a role can be neither given nor taken."""

    PERMISSION = "permission"
    """Usher lacks Manage Roles."""
    ABOVE = "above"
    """The role is not below Usher's highest one."""
    GONE = "gone"
    """The role is deleted."""
    MANAGED = "managed"
    """The role belongs to an integration, or is @everyone."""
    DANGEROUS = "dangerous"
    """It carries permissions with which a member can harm the server."""
    REFUSED = "refused"
    """Discord refuses although nothing of that is so."""


@frozen
class Role:
    """A role of a guild."""

    role_id: RoleId
    name: str
    position: int
    permissions: int
    managed: bool = False


@frozen
class Hall:
    """A guild as far as roles go, and Usher's own place in it."""

    guild_id: GuildId
    name: str
    owner_id: UserId
    roles: Mapping[RoleId, Role]
    own_id: UserId
    own_roles: frozenset[RoleId]
    system_channel_id: ChannelId | None = None
    """Where Discord itself greets newcomers."""


def obstacle(hall: Hall, role_id: RoleId, *, trusted: bool, giving: bool) -> Obstacle | None:
    """Say what keeps Usher from giving a role, or from taking it; None for nothing."""
    role = hall.roles.get(role_id)
    if role is None:
        return Obstacle.GONE
    if role.managed or role_id == RoleId(hall.guild_id):
        return Obstacle.MANAGED
    if not _may(hall, MANAGE_ROLES):
        return Obstacle.PERMISSION
    if hall.own_id != hall.owner_id and role.position >= top(hall, hall.own_roles):
        return Obstacle.ABOVE
    if giving and not trusted and dangers(role):
        return Obstacle.DANGEROUS
    return None


def outranks(hall: Hall, user_id: UserId, held: Collection[RoleId], role_id: RoleId) -> bool:
    """Whether a member stands above a role; the owner does above all."""
    role = hall.roles.get(role_id)
    return user_id == hall.owner_id or (role is not None and role.position < top(hall, held))


def dangers(role: Role) -> tuple[str, ...]:
    """Name the dangerous permissions of a role."""
    return tuple(name for bit, name in DANGEROUS.items() if role.permissions & bit)


def top(hall: Hall, held: Collection[RoleId]) -> int:
    """Return the position of the highest of roles; 0 for @everyone alone."""
    return max((hall.roles[one].position for one in held if one in hall.roles), default=0)


def _may(hall: Hall, permission: int) -> bool:
    everyone = RoleId(hall.guild_id)
    bits = 0
    for one in {everyone, *hall.own_roles}:
        if one in hall.roles:
            bits |= hall.roles[one].permissions
    return hall.own_id == hall.owner_id or bool(bits & (permission | ADMINISTRATOR))
