"""Reading a guild's settings row."""

from datetime import timedelta

from usher.attribution.noticing import LEAD
from usher.attribution.ports import GuildSettings
from usher.attribution.rows import SettingsRow, guild_key
from usher.ids import ChannelId, GuildId

OFF = "off"


def load_settings(guild_id: GuildId) -> GuildSettings:
    """Read the guild's settings; may raise pynamodb's errors."""
    try:
        row = SettingsRow.get(guild_key(guild_id), "SETTINGS")
    except SettingsRow.DoesNotExist:
        return GuildSettings()
    channel, notices, lead = (
        row.join_log_channel_id,
        row.notice_channel_id,
        row.notice_lead_seconds,
    )
    return GuildSettings(
        join_log_channel_id=None if not channel else ChannelId(channel),
        members_search=row.members_search != OFF,
        notice_channel_id=None if not notices else ChannelId(notices),
        notice_lead=LEAD if lead is None else timedelta(seconds=int(lead)),
    )
