"""The settings of a guild: a row each, by name."""

from datetime import timedelta
from typing import Final

from usher.attribution.noticing import LEAD
from usher.attribution.ports import GuildSettings
from usher.attribution.rows import SettingRow, guild_key
from usher.credit.fake import BLOCK, FAKE, Rules, read_rules
from usher.greeting.settings import Occasion, setting
from usher.ids import ChannelId, GuildId
from usher.invites.notes import kept_until
from usher.ledger.lines import Line
from usher.platform.dynamo import Actions
from usher.policy.rules import read_policy
from usher.times import format_time

OFF: Final = "off"
ON: Final = "on"
GUILD: Final = "guild"
"""The group of settings that concern the guild as a whole."""


def load_settings(guild_id: GuildId) -> GuildSettings:
    """Read the guild's settings; may raise pynamodb's errors.

    Consistently: what a setting turns on concerns the very next join.
    """
    values = load_group(guild_id, GUILD, consistent=True)
    channel, notices = values.get("join_log_channel_id"), values.get("notice_channel_id")
    lead = values.get("notice_lead_seconds", "")
    return GuildSettings(
        join_log_channel_id=None if not channel else ChannelId(channel),
        members_search=values.get("members_search") != OFF,
        notice_channel_id=None if not notices else ChannelId(notices),
        notice_lead=timedelta(seconds=int(lead)) if lead.isdecimal() else LEAD,
        policy=read_policy(values),
        referrals=values.get("referrals") == ON,
        webhooks=values.get("webhooks") == ON,
        mutes=values.get("mutes") == ON,
        automod=values.get("automod") == ON,
        raids=bool(values.get("raid")),
        standings=values.get("rewards") == ON or bool(values.get("milestone_channel_id")),
    )


def load_greets(guild_id: GuildId) -> frozenset[Occasion]:
    """Read what the guild greets, consistently: it concerns the very next join."""
    keys = {f"S#{setting(occasion, 'state')}": occasion for occasion in Occasion}
    rows = SettingRow.batch_get([(guild_key(guild_id), key) for key in keys], consistent_read=True)
    return frozenset(keys[row.sk] for row in rows if row.value == ON)


def load_rules(guild_id: GuildId) -> Rules:
    """Read by which rules memberships are fake; may raise pynamodb's errors.

    Consistently: a join is judged by the rules that were set before it.
    """
    blocked = load_group(guild_id, BLOCK, consistent=True)
    return read_rules(load_group(guild_id, FAKE, consistent=True), blocked)


def load_group(guild_id: GuildId, group: str, *, consistent: bool = False) -> dict[str, str]:
    """Read a group of settings by key, those at their default left out."""
    prefix = f"S#{group}#"
    rows = SettingRow.query(
        guild_key(guild_id), SettingRow.sk.startswith(prefix), consistent_read=consistent
    )
    return {row.sk.removeprefix(prefix): row.value for row in rows}


def put_setting(actions: Actions, guild_id: GuildId, name: str, line: Line) -> None:
    """Write what a line says of a setting."""
    row = setting_row(guild_id, name, line)
    if line.value is None:
        actions.delete(row)
    else:
        actions.put(row)


def setting_row(guild_id: GuildId, name: str, line: Line) -> SettingRow:
    """Build the row of what a line says of a setting."""
    key, at = (guild_key(guild_id), f"S#{name}"), format_time(line.timestamp)
    until = kept_until(name, line.value)
    ttl = None if until is None else int(until.timestamp())
    return SettingRow(*key, value=line.value, by=line.by, at=at, ttl=ttl)
