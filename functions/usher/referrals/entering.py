"""How a visitor who signed in with Discord comes in, and what may be in the way (SPEC 5.5)."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.referrals.service import Landing


class Ending(StrEnum):
    """How a sign-in ended."""

    INVITED = "invited"
    """An invite that works for them alone waits at an address."""
    ADDED = "added"
    """Usher has let them in."""
    MEMBER = "member"
    """They are in the guild already."""
    CLOSED = "closed"
    """The link leads nowhere any more."""
    DENIED = "denied"
    """They did not let Discord tell us who they are."""
    LOST = "lost"
    """The sign-in is too old, of another browser, or none of ours."""
    USED = "used"
    """The sign-in was used before."""
    REFUSED = "refused"
    """Discord does not take what its own page gave them."""
    BANNED = "banned"
    UNABLE = "unable"
    """Usher lacks a permission, or a channel to invite to."""
    FULL = "full"
    """The guild has as many members as Discord allows."""
    TOO_MANY = "too_many"
    """They are in as many guilds as Discord allows."""
    CROWDED = "crowded"
    """Too many come at once."""
    UNSET = "unset"
    """Whoever runs Usher has not set the sign-in up, or wrongly."""
    UNAVAILABLE = "unavailable"
    """Discord does not answer, or we do not."""


class NoEntryError(Exception):
    """Somebody cannot be let in."""

    def __init__(self, ending: Ending, wait: float = 0.0) -> None:
        super().__init__(ending.value)
        self.ending = ending
        self.wait = wait
        """Seconds after which it may work, 0 where nobody knows."""


class Standing(StrEnum):
    """What somebody is to a guild."""

    STRANGER = "stranger"
    MEMBER = "member"
    BANNED = "banned"


class Readiness(Enum):
    """Whether the person whom an invite is for can use it by now."""

    PENDING = "pending"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed in. `token` may add them to a guild; it is used once and kept nowhere."""

    user_id: UserId
    token: str

    def __repr__(self) -> str:
        """Leave the token out of logs and traces."""
        return f"Signed(user_id={self.user_id!r})"


class Door(Protocol):
    """Discord, with the bot's token. Every method raises NoEntryError."""

    def standing(self, guild_id: GuildId, user_id: UserId) -> Standing:
        """Tell what somebody is to a guild; bans as far as Usher may see them."""
        ...

    def add(self, guild_id: GuildId, signed: Signed) -> bool:
        """Add somebody to a guild; False where they were in it already."""
        ...

    def invite(self, channel_id: ChannelId, user_id: UserId, reason: str) -> InviteCode:
        """Make an invite of one use and ten minutes for one person."""
        ...

    def ready(self, code: InviteCode) -> Readiness:
        """Whether the person whom an invite is for can use it by now."""
        ...


class LetsIn(Protocol):
    """Lets people in whose names are known."""

    def let_in(self, landing: Landing, signed: Signed) -> str | None:
        """Let somebody in: the address of their invite, or None where they are inside now.

        Raises NoEntryError.
        """
        ...
