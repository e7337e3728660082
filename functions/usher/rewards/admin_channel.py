"""The channel in which a guild's admins hear of what keeps Usher from its work."""

from dataclasses import dataclass

from usher.ids import GuildId
from usher.rewards.ports import Discord, Rows


@dataclass(frozen=True, slots=True)
class AdminChannel:
    """Implements Admins."""

    rows: Rows
    discord: Discord

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        """Post a sentence, once for an id within minutes; False where there is no such channel."""
        channel_id = self.rows.settings(guild_id).admin_channel_id
        return channel_id is not None and self.discord.post(channel_id, message_id, sentence)
