"""Permission bits that a lock takes, and what members hold in a channel. Pure.

Source: Discord docs, Permissions ("Permission Overwrites", "Implicit Permissions").
"""

from collections.abc import Collection
from typing import Final

from usher.channels.model import SPOKEN, Channel
from usher.ids import RoleId
from usher.rewards.hierarchy import Hall, Role

ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
ADD_REACTIONS: Final = 1 << 6
VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
MANAGE_MESSAGES: Final = 1 << 13
READ_MESSAGE_HISTORY: Final = 1 << 16
CONNECT: Final = 1 << 20
SPEAK: Final = 1 << 21
MANAGE_ROLES: Final = 1 << 28
REQUEST_TO_SPEAK: Final = 1 << 32
MANAGE_THREADS: Final = 1 << 34
CREATE_PUBLIC_THREADS: Final = 1 << 35
CREATE_PRIVATE_THREADS: Final = 1 << 36
SEND_MESSAGES_IN_THREADS: Final = 1 << 38
MODERATE_MEMBERS: Final = 1 << 40
ALL: Final = (1 << 63) - 1

_WRITTEN: Final = (
    SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | ADD_REACTIONS
)
_STAFF: Final = ADMINISTRATOR | MANAGE_GUILD | MANAGE_CHANNELS | MANAGE_MESSAGES | MODERATE_MEMBERS


def taken(kind: int) -> int:
    """Say what a lock takes from everyone in a channel of this type."""
    return _WRITTEN | CONNECT | SPEAK | REQUEST_TO_SPEAK if kind in SPOKEN else _WRITTEN


def essential(kind: int) -> int:
    """Say without which of these a lock would be none."""
    return SEND_MESSAGES | CONNECT if kind in SPOKEN else SEND_MESSAGES


def is_staff(role: Role) -> bool:
    """Whether a role's holders keep order here, or are an app: a lock is not against them."""
    return role.managed or bool(role.permissions & _STAFF)


def in_guild(hall: Hall) -> int:
    """Add up what Usher may do in the guild at large."""
    if hall.own_id == hall.owner_id:
        return ALL
    return _of_roles(hall, hall.own_roles)


def in_channel(hall: Hall, channel: Channel) -> int:
    """Work out what Usher may do in a channel."""
    bits = in_guild(hall)
    if bits == ALL:
        return ALL
    allow = deny = 0
    for one in channel.overwrites:
        if one.id == hall.guild_id:
            bits = bits & ~one.deny | one.allow
        elif one.id in hall.own_roles:
            allow, deny = allow | one.allow, deny | one.deny
    bits = bits & ~deny | allow
    own = channel.overwrite(hall.own_id)
    bits = bits if own is None else bits & ~own.deny | own.allow
    return bits if bits & VIEW_CHANNEL else 0


def settable(hall: Hall, channel: Channel, parent: Channel | None) -> int:
    """Say which bits Discord lets Usher change in a channel's overwrites.

    Those that it holds in the guild or the category, or any where an overwrite of the channel
    itself gives it Manage Roles (Discord docs: Edit Channel Permissions).
    """
    own = {hall.own_id, *hall.own_roles}
    if any(one.id in own and one.allow & MANAGE_ROLES for one in channel.overwrites):
        return ALL
    return in_guild(hall) | (0 if parent is None else in_channel(hall, parent))


def is_hidden(hall: Hall, channel: Channel) -> bool:
    """Whether nobody but staff, apps and members named one by one sees a channel."""
    base = hall.roles.get(RoleId(hall.guild_id))
    bits = 0 if base is None else base.permissions
    everyone = channel.overwrite(hall.guild_id)
    if everyone is not None:
        bits = bits & ~everyone.deny | everyone.allow
    if bits & VIEW_CHANNEL:
        return False
    shown = [one.id for one in channel.overwrites if not one.member and one.allow & VIEW_CHANNEL]
    return all(is_staff(hall.roles[RoleId(id_)]) for id_ in shown if id_ in hall.roles)


def _of_roles(hall: Hall, roles: Collection[RoleId]) -> int:
    bits = 0
    for one in {RoleId(hall.guild_id), *roles}:
        if one in hall.roles:
            bits |= hall.roles[one].permissions
    return ALL if bits & ADMINISTRATOR else bits
