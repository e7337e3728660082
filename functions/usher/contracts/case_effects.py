"""Effects about moderation cases (SPEC 7.2)."""

from typing import Literal

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, UserId


@frozen
class LogCase:
    """Show a moderation case in the log as it is when it is looked at."""

    id: str
    guild_id: GuildId
    number: int
    kind: Literal["log_case"] = "log_case"


@frozen
class NoteByHand:
    """Put on record what somebody did to a member in Discord itself."""

    id: str
    guild_id: GuildId
    user_id: UserId
    what: str
    """`kick`, `ban`, `unban`, `mute` or `unmute`."""
    by: UserId | None
    """None where it is not known."""
    at: str
    reason: str = ""
    until: str | None = None
    """Of a mute."""
    kind: Literal["note_by_hand"] = "note_by_hand"


@frozen
class CheckMute:
    """Look whether who has come back is muted still, and mute them again."""

    id: str
    guild_id: GuildId
    user_id: UserId
    kind: Literal["check_mute"] = "check_mute"


@frozen
class PostCard:
    """Put a report or an appeal in front of the moderators."""

    id: str
    guild_id: GuildId
    channel_id: ChannelId
    user_id: UserId
    """Whom it is about."""
    by: UserId
    text: str
    link: str = ""
    """Of the message that is reported."""
    case: int | None = None
    """Against which a member appeals; None for a report."""
    kind: Literal["post_card"] = "post_card"
