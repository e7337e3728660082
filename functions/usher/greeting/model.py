"""Who is greeted, and what is known of them."""

from datetime import UTC, datetime
from typing import Final

from usher.attribution.queries import MemberOrigin
from usher.frozen import frozen
from usher.greeting.settings import Occasion
from usher.ids import GuildId, UserId

_DISCORD_EPOCH: Final = 1_420_070_400_000
"""Milliseconds since 1970 of snowflake 0 (API reference: Snowflakes)."""


@frozen
class Face:
    """A user as Discord shows them."""

    user_id: UserId
    username: str
    display_name: str
    """Nickname in the guild, else global name, else username."""
    discriminator: str = "0"
    bot: bool = False
    avatar: str = ""
    """Address of their picture."""
    joined_at: datetime | None = None
    """When they joined the guild; None for who is no member, or was not asked for as one."""
    pending: bool = False
    """They have yet to accept the server's rules."""

    @property
    def tag(self) -> str:
        """The name that nobody else has: `name`, or `name#1234` for who has a number still."""
        old = self.discriminator not in ("", "0")
        return f"{self.username}#{self.discriminator}" if old else self.username

    @property
    def created_at(self) -> datetime:
        """When the account was made, as its id tells."""
        return datetime.fromtimestamp(((int(self.user_id) >> 22) + _DISCORD_EPOCH) / 1000, UTC)


@frozen
class Place:
    """A guild as Discord tells of it."""

    name: str
    members: int | None


@frozen
class Scene:
    """Everything that a greeting may tell."""

    occasion: Occasion
    guild_id: GuildId
    who: Face
    place: Place
    joined_at: datetime | None = None
    at: datetime | None = None
    """Farewells: when they left."""
    origin: MemberOrigin | None = None
    """How they came, by the last word on it; None where nothing is known."""
    inviter: Face | None = None
    invites: int | None = None
    """Effective invites of the inviter."""
