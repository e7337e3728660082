"""What commands of every room ask for: deeds of the event worker, and the guild's settings."""

from collections.abc import Mapping
from typing import Final, Protocol

from usher.contracts.deeds import Deed
from usher.ids import GuildId
from usher.slash.say import later

LATER: Final = later("It is noted and will be done in a moment; the event worker is busy.")


class Deeds(Protocol):
    """Has deeds done by the event worker, which alone writes settings, credit and ledger."""

    def do(self, guild_id: GuildId, *deeds: Deed) -> bool:
        """Have deeds of one interaction done; False when they will be done later."""
        ...


class SettingReads(Protocol):
    """The guild's settings, consistently. Every method may raise an error of the store."""

    def find(self, guild_id: GuildId, name: str) -> str | None:
        """Read a setting by its whole name; None for the default."""
        ...

    def group(self, guild_id: GuildId, group: str) -> Mapping[str, str]:
        """Read a group of settings by what follows its name, in order of that."""
        ...
