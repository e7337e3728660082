"""A server's moderation settings, read from the settings of its rooms."""

from collections.abc import Mapping
from typing import Protocol

from usher.frozen import frozen
from usher.ids import GuildId
from usher.moderation.settings import GROUP, ModSettings, read_settings


class SettingGroups(Protocol):
    """Settings by group."""

    def group(self, guild_id: GuildId, group: str) -> Mapping[str, str]:
        """Read a group of settings by what follows its name."""
        ...


@frozen
class Rules:
    """Implements Rulebook."""

    settings: SettingGroups

    def read(self, guild_id: GuildId) -> ModSettings:
        """Read a server's settings; may raise an error of its store."""
        return read_settings(self.settings.group(guild_id, GROUP))
