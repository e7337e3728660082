"""What greetings are made of, and sent through."""

from datetime import datetime
from typing import Protocol

from usher.attribution.queries import MemberOrigin
from usher.credit.queries import Tally
from usher.greeting.model import Face, Place
from usher.greeting.settings import Greeting, Occasion
from usher.ids import ChannelId, GuildId, UserId
from usher.slash.replies import Json


class Records(Protocol):
    """The table, consistently. Methods may raise an error of the store."""

    def greeting(self, guild_id: GuildId, occasion: Occasion) -> Greeting:
        """Read what the guild has set."""
        ...

    def origin(self, guild_id: GuildId, user_id: UserId) -> MemberOrigin | None:
        """Read how a member came."""
        ...

    def tally(self, guild_id: GuildId, user_id: UserId) -> Tally:
        """Read a member's counters."""
        ...


class People(Protocol):
    """Who people are, as Discord tells. Methods may raise DiscordError and ContractError."""

    def member(self, guild_id: GuildId, user_id: UserId) -> Face | None:
        """Read a member; None for who is none."""
        ...

    def user(self, user_id: UserId) -> Face | None:
        """Read any user; None for who does not exist."""
        ...

    def place(self, guild_id: GuildId) -> Place:
        """Read a guild and about how many members it has."""
        ...


class Post(Protocol):
    """Discord's messages. Methods may raise DiscordError."""

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        """Post a message; one of the same id within minutes is not posted again."""
        ...

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        """Send it to a user alone; False where their direct messages are closed."""
        ...


class Marks(Protocol):
    """What became of greetings. Methods may raise an error of the store."""

    def place(self, guild_id: GuildId, occasion: Occasion, id_: str, now: datetime) -> int | None:
        """Tell a greeting's number within its minute, always the same; None for one settled."""
        ...

    def settle(self, id_: str, what: str, now: datetime) -> None:
        """Note what became of a greeting: nothing more is to be done."""
        ...
