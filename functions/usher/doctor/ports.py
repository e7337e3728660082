"""What the doctor asks of the world. Each probe may fail by itself; the others go on."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from usher.doctor.facts import Alert, Application, Books, Search, Server, Session, Settings
from usher.ids import ChannelId, GuildId, UserId
from usher.referrals.model import Campaign


class DiscordProbe(Protocol):
    """Discord, with the bot's token. Methods raise ProbeError."""

    def server(self, guild_id: GuildId, used: Collection[ChannelId]) -> Server:
        """Read a guild with its channels, and of those that are used the threads too."""
        ...

    def alerts(self, guild_id: GuildId) -> tuple[Alert, ...]:
        """Read where Discord's own rules tell moderators; none where Usher may not see them."""
        ...

    def application(self) -> Application:
        """Read the bot's application."""
        ...


class TableProbe(Protocol):
    """What is on record. Methods raise ProbeError."""

    def settings(self, guild_id: GuildId) -> Settings:
        """Read what the guild has set."""
        ...

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        """Read the guild's campaigns."""
        ...

    def books(self, guild_id: GuildId, now: datetime) -> Books:
        """Read what is known of the guild's invites and joins."""
        ...

    def search(self, guild_id: GuildId) -> Search:
        """Read whether Discord's own record may be asked."""
        ...

    def session(self, guild_id: GuildId, bot_id: UserId) -> Session | None:
        """Read the session of the guild's shard; None before any listener has begun."""
        ...
