"""What a command is given besides its options."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.slash.modals import Answers
from usher.slash.resolved import (
    AttachmentId,
    ResolvedAttachment,
    ResolvedChannel,
    ResolvedMember,
    ResolvedUser,
)


@frozen
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
    members: Mapping[UserId, ResolvedMember] = field(default_factory=dict)
    """The memberships of those `users` that are members."""
    channels: Mapping[ChannelId, ResolvedChannel] = field(default_factory=dict)
    attachments: Mapping[AttachmentId, ResolvedAttachment] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    """Of a select: the values, or the ids."""
    answers: Answers = field(default_factory=dict)
    """Of a form."""
    token: str = ""
    """Serves edits of the reply for 15 minutes; never logged."""
    called: frozenset[str] = frozenset()
    """How who asked is called now: username, display name, nickname. Kept nowhere."""
