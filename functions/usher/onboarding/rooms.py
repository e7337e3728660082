"""In which channel a newcomer is welcomed: what Usher may write to and they can see. Pure.

Source: Discord's documentation, Permissions: roles are added up, then the channel's overwrites are
applied, @everyone's first, then those of roles together, then the member's own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from usher.ids import ChannelId, RoleId
from usher.onboarding.ports import Lobby, Room
from usher.rewards.hierarchy import ADMINISTRATOR, Hall

VIEW: Final = 1 << 10
SEND: Final = 1 << 11
EVERYTHING: Final = (1 << 51) - 1
TEXT: Final = (0, 5)
"""Discord's channel types that are written in: text and announcements."""
GREETED_IN: Final = ("welcome", "general")
"""Names of channels that are made for newcomers."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies a role or a member."""

    id: str
    allow: int
    deny: int


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a guild."""

    channel_id: ChannelId
    name: str
    type: int
    position: int
    overwrites: tuple[Overwrite, ...] = ()


def rooms(
    hall: Hall, channels: Iterable[Channel], newcomer: Collection[RoleId]
) -> tuple[Room, ...]:
    """Say what Usher and a newcomer may do in each channel of text."""
    own = granted(hall, hall.own_id, hall.own_roles)
    theirs = granted(hall, "", newcomer)
    return tuple(
        Room(
            one.channel_id,
            one.name,
            one.position,
            writable=_all(_in(one, hall, own, hall.own_id, hall.own_roles), VIEW | SEND),
            visible=_all(_in(one, hall, theirs, "", newcomer), VIEW),
        )
        for one in channels
        if one.type in TEXT
    )


def candidates(lobby: Lobby) -> tuple[Room, ...]:
    """Put the channels in order in which a newcomer is to be welcomed, the best first.

    The system channel, then those whose names are made for it, then any other from the top down.
    """
    fit = [room for room in lobby.rooms if room.writable and room.visible]
    return tuple(sorted(fit, key=lambda room: _order(lobby, room)))


def granted(hall: Hall, user_id: str, roles: Collection[RoleId]) -> int:
    """Add up what roles grant in the guild at large."""
    if user_id == hall.owner_id:
        return EVERYTHING
    bits = 0
    for role in {RoleId(hall.guild_id), *roles}:
        bits |= hall.roles[role].permissions if role in hall.roles else 0
    return EVERYTHING if bits & ADMINISTRATOR else bits


def _in(channel: Channel, hall: Hall, bits: int, user_id: str, roles: Collection[RoleId]) -> int:
    if bits == EVERYTHING:
        return bits
    found: Mapping[str, Overwrite] = {one.id: one for one in channel.overwrites}
    everyone: Sequence[Overwrite] = [found[hall.guild_id]] if hall.guild_id in found else []
    of_roles = [found[role] for role in roles if role in found]
    own = [found[user_id]] if user_id in found else []
    for some in (everyone, of_roles, own):
        for one in some:
            bits &= ~one.deny
        for one in some:
            bits |= one.allow
    return bits


def _all(bits: int, needed: int) -> bool:
    return bits & needed == needed


def _order(lobby: Lobby, room: Room) -> tuple[int, int, int]:
    if room.channel_id == lobby.system_channel_id:
        rank = 0
    elif any(word in room.name.lower() for word in GREETED_IN):
        rank = 1
    else:
        rank = 2
    return rank, room.position, int(room.channel_id)
