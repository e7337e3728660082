"""Effects against spam and raids (SPEC 7.4)."""

from typing import Literal

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, UserId


@frozen
class ReactToAutomod:
    """Do what the server wants done about whoever one of Discord's rules has caught."""

    id: str
    guild_id: GuildId
    rule_id: str
    user_id: UserId
    at: str
    """When, as text."""
    channel_id: ChannelId | None = None
    keyword: str | None = None
    kind: Literal["react_to_automod"] = "react_to_automod"


@frozen
class WatchRaid:
    """Look whether those who have just joined are a raid."""

    id: str
    guild_id: GuildId
    joins: tuple[str, ...]
    """Each as `<user> <joined at> <likeness>`: no names."""
    kind: Literal["watch_raid"] = "watch_raid"
