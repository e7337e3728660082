"""Channels as far as slowmodes and locks go. Pure (Discord docs: Channel, Permissions)."""

from enum import IntEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId


class Kind(IntEnum):
    """Discord's channel types, as far as they can be slowed down or locked."""

    TEXT = 0
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15
    MEDIA = 16


THREADS: Final = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})
SPOKEN: Final = frozenset({Kind.VOICE, Kind.STAGE})
LOCKABLE: Final = frozenset({Kind.TEXT, Kind.ANNOUNCEMENT, Kind.FORUM, Kind.MEDIA}) | SPOKEN
"""What has overwrites of its own that a lock changes."""
SLOWABLE: Final = (LOCKABLE - {Kind.ANNOUNCEMENT}) | THREADS - {Kind.ANNOUNCEMENT_THREAD}
"""What can have a slowmode (Discord docs: `rate_limit_per_user`)."""


@frozen
class Overwrite:
    """What a role or member is allowed or denied in one channel, beyond their roles."""

    id: str
    member: bool = False
    """Of a member; else of a role."""
    allow: int = 0
    deny: int = 0

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.allow or self.deny)


@frozen
class Channel:
    """A channel or thread."""

    id: ChannelId
    guild_id: GuildId
    kind: int
    name: str
    parent_id: ChannelId | None = None
    overwrites: tuple[Overwrite, ...] = ()
    slowmode: int = 0
    """Seconds between two messages of a member."""
    locked: bool = False
    """Of a thread: only moderators write in it."""
    archived: bool = False

    def overwrite(self, id_: str) -> Overwrite | None:
        """Find the overwrite of a role or member."""
        return next((one for one in self.overwrites if one.id == id_), None)


@frozen
class Message:
    """A message as far as deleting goes."""

    id: str
    author_id: str
    bot: bool
    """Of an app or a webhook."""
    pinned: bool = False
