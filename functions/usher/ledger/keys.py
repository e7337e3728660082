"""Where lines are kept in the bucket: by guild and UTC day. Pure."""

from datetime import UTC, date, datetime
from typing import Final

from usher.ids import GuildId

LINES: Final = "lines/"


def guild_prefix(guild_id: GuildId) -> str:
    """Say under what a guild's lines are kept."""
    return f"{LINES}guild={guild_id}/"


def day_prefix(guild_id: GuildId, day: date) -> str:
    """Say under what a guild's lines of one UTC day are kept."""
    return f"{guild_prefix(guild_id)}dt={day.isoformat()}/"


def line_key(guild_id: GuildId, event_id: str, timestamp: datetime) -> str:
    """Say where a line is kept."""
    return f"{day_prefix(guild_id, timestamp.astimezone(UTC).date())}{event_id}.json"
