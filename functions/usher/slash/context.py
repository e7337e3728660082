"""What a command is given besides its options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from usher.ids import ChannelId, GuildId, RoleId, UserId


@dataclass(frozen=True, slots=True)
class ResolvedUser:
    """A user named in the options, as Discord described them with the interaction."""

    user_id: UserId
    username: str
    display_name: str
    """Global name, else username."""
    bot: bool
    joined_at: datetime | None = None
    """When they joined the guild; None for who is no member of it now."""


@dataclass(frozen=True, slots=True)
class Ctx[S]:
    """One use of a command. `S` is the Protocol of the services that the command calls."""

    services: S
    guild_id: GuildId
    user_id: UserId
    """Who asked."""
    now: datetime
    interaction_id: str = ""
    """Names what this use does: a repetition has the same."""
    locale: str = "en-US"
    permissions: int = 0
    """The asking member's bits in the channel, as Discord computed them."""
    roles: frozenset[RoleId] = frozenset()
    """The asking member's roles, @everyone apart."""
    channel_id: ChannelId | None = None
    """Where it was asked."""
    app_permissions: int = 0
    """Usher's own bits in that channel."""
    attachment_limit: int | None = None
    """Bytes that a file of the answer may have here, where Discord says so."""
    users: Mapping[UserId, ResolvedUser] = field(default_factory=dict)
    token: str = ""
    """Serves edits of the reply for 15 minutes; never logged."""
