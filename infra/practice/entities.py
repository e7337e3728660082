"""The things a guild is made of, as the practice Discord keeps them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from infra.practice.automod.rule import AutoModRule
from infra.practice.json_types import JsonObject
from infra.practice.targets import TargetUsers


class JoinSource(IntEnum):
    """How a member came in; the numbers are those of Discord's `join_source_type`."""

    UNSPECIFIED = 0
    BOT = 1
    INTEGRATION = 2
    DISCOVERY = 3
    HUB = 4
    INVITE = 5
    VANITY = 6


@dataclass(slots=True)
class User:
    """An account. Its age is in its id."""

    id: str
    username: str
    global_name: str | None = None
    bot: bool = False
    avatar: str | None = None
    locale: str = "en-US"
    """The language of their client, which interactions tell."""
    open_to_messages: bool = True
    """Whether they take direct messages from members of their servers, bots among them."""


@dataclass(slots=True)
class Role:
    """A role of a guild; the one with the guild's own id is @everyone."""

    id: str
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    managed: bool = False
    mentionable: bool = False
    bot_id: str | None = None


@dataclass(slots=True)
class Overwrite:
    """A channel's exception for a role (`type` 0) or a member (`type` 1)."""

    id: str
    type: int
    allow: int
    deny: int


@dataclass(slots=True)
class Thread:
    """What a channel is as a thread. `auto_archive_duration` is in minutes."""

    owner_id: str
    created_at: datetime
    archive_timestamp: datetime
    auto_archive_duration: int = 4_320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    member_ids: list[str] = field(default_factory=list)
    sent: int = 0


@dataclass(slots=True)
class Channel:
    """A channel; `guild_id` is None for a direct message, whose other end is `recipient_id`.

    The `parent_id` of a thread is its channel, that of a channel its category.
    `rate_limit_per_user` is in seconds.
    """

    id: str
    guild_id: str | None
    name: str
    type: int = 0
    position: int = 0
    topic: str | None = None
    parent_id: str | None = None
    rate_limit_per_user: int = 0
    nsfw: bool = False
    recipient_id: str | None = None
    last_message_id: str | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    thread: Thread | None = None


@dataclass(slots=True)
class Member:
    """A membership. The source is what Discord itself knows about the join."""

    user_id: str
    joined_at: datetime
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    pending: bool = False
    flags: int = 0
    communication_disabled_until: datetime | None = None
    source: JoinSource = JoinSource.UNSPECIFIED
    source_invite_code: str | None = None
    source_inviter_id: str | None = None


@dataclass(slots=True)
class Invite:
    """An invite. `max_age` is in seconds; 0 means forever, as `max_uses` 0 means any number.

    Whoever accepts it is given the roles `role_ids`.
    """

    code: str
    guild_id: str
    channel_id: str
    inviter_id: str | None
    created_at: datetime
    max_age: int = 0
    max_uses: int = 0
    uses: int = 0
    temporary: bool = False
    role_ids: list[str] = field(default_factory=list)
    targets: TargetUsers | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When the invite ends by the clock; None if never."""
        return self.created_at + timedelta(seconds=self.max_age) if self.max_age else None

    @property
    def exhausted(self) -> bool:
        """Whether its last use is spent."""
        return self.max_uses > 0 and self.uses >= self.max_uses


@dataclass(slots=True)
class Ban:
    """A ban and the reason given for it."""

    user_id: str
    reason: str | None = None


@dataclass(slots=True)
class AuditEntry:
    """One line of the guild's audit log."""

    id: str
    action_type: int
    user_id: str | None
    target_id: str | None
    changes: list[JsonObject] = field(default_factory=list)
    options: JsonObject = field(default_factory=dict)
    reason: str | None = None


@dataclass(slots=True)
class Guild:
    """A server with all that belongs to it."""

    id: str
    name: str
    owner_id: str
    features: list[str] = field(default_factory=list)
    system_channel_id: str | None = None
    vanity_code: str | None = None
    vanity_uses: int = 0
    roles: dict[str, Role] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    invites: dict[str, Invite] = field(default_factory=dict)
    bans: dict[str, Ban] = field(default_factory=dict)
    audit_log: list[AuditEntry] = field(default_factory=list)
    former_member_ids: list[str] = field(default_factory=list)
    threads: dict[str, Channel] = field(default_factory=dict)
    timeouts_of_leavers: dict[str, datetime] = field(default_factory=dict)
    invites_disabled_until: datetime | None = None
    dms_disabled_until: datetime | None = None
    automod_rules: dict[str, AutoModRule] = field(default_factory=dict)

    def place(self, channel_id: str | None) -> Channel | None:
        """Find a channel or thread."""
        found = self.channels.get(channel_id or "")
        return self.threads.get(channel_id or "") if found is None else found


@dataclass(slots=True)
class Command:
    """A registered application command; `body` is its declaration, normalised."""

    id: str
    guild_id: str | None
    version: str
    body: JsonObject


@dataclass(slots=True)
class Webhook:
    """An incoming webhook of a channel."""

    id: str
    token: str
    name: str
    channel_id: str
    guild_id: str


@dataclass(slots=True)
class Application:
    """The application under practice, its bot and its secrets."""

    id: str
    name: str
    description: str
    bot_id: str
    bot_token: str
    signing_seed: str
    owner_id: str
    interactions_endpoint: str | None = None
