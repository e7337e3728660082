"""The whole state of the practice Discord and the ways to find things in it."""

import base64
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.practice.content.message import Message
from infra.practice.entities import Application, Channel, Command, Guild, Member, User, Webhook
from infra.practice.errors import (
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MEMBER,
    UNKNOWN_MESSAGE,
    UNKNOWN_USER,
    ApiError,
)
from infra.practice.interactions.records import Interaction
from infra.practice.moments import Clock, aged_snowflake, snowflake_floor
from infra.practice.oauth import Grants
from infra.practice.permissions import LEFT_IN_TIMEOUT, Permission, channel_permissions

MESSAGES_KEPT = 2_000
USES_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a code of a guild, vanity or not."""

    at: datetime
    guild_id: str
    code: str


@dataclass(slots=True)
class State:
    """What survives a restart. `messages` is by channel, then by id, oldest first."""

    application: Application
    users: dict[str, User] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    direct_channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    access_tokens: dict[str, str] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    last_id: int = 0


class World:
    """Finds and makes things; every lookup that fails is Discord's own 404.

    `uses` are the latest uses of codes, oldest first; they and `grants`, what people allowed the
    application by OAuth2, are not kept over a restart.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self.state = state
        self.clock = clock
        self.uses: deque[Use] = deque(maxlen=USES_KEPT)
        self.grants = Grants()
        self._usernames = {user.username for user in state.users.values()}

    @property
    def now(self) -> datetime:
        """The present moment of this world."""
        return self.clock()

    @property
    def application(self) -> Application:
        """The application under practice."""
        return self.state.application

    @property
    def bot(self) -> User:
        """The application's bot user."""
        return self.state.users[self.application.bot_id]

    def new_id(self, age: timedelta = timedelta(0)) -> str:
        """Make an id for something that happens now, or happened `age` ago; new ids only grow."""
        if age:
            return aged_snowflake(self.now - age)
        self.state.last_id = max(snowflake_floor(self.now), self.state.last_id + 1)
        return str(self.state.last_id)

    def free_username(self, wanted: str) -> str:
        """Return a username that nobody has, as close to the wanted one as may be."""
        username, suffix = wanted, 2
        while username in self._usernames:
            username, suffix = f"{wanted}{suffix}", suffix + 1
        return username

    def open_account(self, user: User) -> User:
        """Add an account."""
        self._usernames.add(user.username)
        self.state.users[user.id] = user
        return user

    def user(self, user_id: str) -> User:
        """Find an account."""
        if user_id not in self.state.users:
            raise ApiError(UNKNOWN_USER)
        return self.state.users[user_id]

    def guild(self, guild_id: str) -> Guild:
        """Find a guild."""
        if guild_id not in self.state.guilds:
            raise ApiError(UNKNOWN_GUILD)
        return self.state.guilds[guild_id]

    def member(self, guild: Guild, user_id: str) -> Member:
        """Find a member; a user that exists nowhere is told apart from one outside this guild."""
        if user_id in guild.members:
            return guild.members[user_id]
        self.user(user_id)
        raise ApiError(UNKNOWN_MEMBER)

    def channel(self, channel_id: str) -> Channel:
        """Find a channel of any guild, or a direct one."""
        if channel_id in self.state.direct_channels:
            return self.state.direct_channels[channel_id]
        for guild in self.state.guilds.values():
            found = guild.place(channel_id)
            if found is not None:
                return found
        raise ApiError(UNKNOWN_CHANNEL)

    def permissions(self, guild: Guild, member: Member, channel: Channel) -> Permission:
        """Return what a member may do in a channel now; a timeout leaves little of it."""
        held = channel_permissions(guild, member, channel)
        until = member.communication_disabled_until
        if until is None or until <= self.now or held & Permission.ADMINISTRATOR:
            return held
        return held & LEFT_IN_TIMEOUT

    def message(self, channel_id: str, message_id: str) -> Message:
        """Find a message."""
        message = self.state.messages.get(channel_id, {}).get(message_id)
        if message is None:
            raise ApiError(UNKNOWN_MESSAGE)
        return message

    def history(self, channel_id: str) -> Iterator[Message]:
        """Go through a channel's messages, newest first."""
        return reversed(self.state.messages.get(channel_id, {}).values())

    def keep_message(self, message: Message) -> None:
        """Add a message to its channel; the oldest beyond the limit are let go."""
        kept = self.state.messages.setdefault(message.channel_id, {})
        kept[message.id] = message
        while len(kept) > MESSAGES_KEPT:
            del kept[next(iter(kept))]
        if message.visible_to is None:
            self.channel(message.channel_id).last_message_id = message.id

    def direct_channel(self, user_id: str) -> Channel:
        """Find or open the bot's direct channel with a user."""
        for channel in self.state.direct_channels.values():
            if channel.recipient_id == user_id:
                return channel
        channel = Channel(id=self.new_id(), guild_id=None, name="", type=1, recipient_id=user_id)
        self.state.direct_channels[channel.id] = channel
        return channel


def new_bot_token(bot_id: str) -> str:
    """Make a token in the form of Discord's: the id, a moment and a secret."""
    owner = base64.urlsafe_b64encode(bot_id.encode()).decode().rstrip("=")
    return f"{owner}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
