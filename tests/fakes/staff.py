"""The staff list in memory, by the settings that make it."""

from dataclasses import dataclass, field
from datetime import datetime

from usher.contracts.deeds import SettingChanged, UpgradeAssigned
from usher.ids import GuildId, RoleId, UserId
from usher.staff.mapping import read_value
from usher.staff.queries import (
    ROLE_SETTING,
    StaffMember,
    Upgrade,
    staff_setting,
    upgrade_setting,
)


@dataclass
class FakeStaff:
    """Implements StaffReads."""

    settings: dict[tuple[GuildId, str], tuple[str, UserId, datetime]] = field(default_factory=dict)

    def role(self, guild_id: GuildId) -> RoleId | None:
        held = self.settings.get((guild_id, ROLE_SETTING))
        return None if held is None else RoleId(held[0])

    def find(self, guild_id: GuildId, user_id: UserId) -> StaffMember | None:
        held = self.settings.get((guild_id, staff_setting(user_id)))
        mapping = None if held is None else read_value(held[0])
        return None if mapping is None else StaffMember(user_id, mapping)

    def everyone(self, guild_id: GuildId) -> tuple[StaffMember, ...]:
        users = [UserId(rest) for rest, _ in self._under(guild_id, "staff#")]
        found = [self.find(guild_id, user) for user in sorted(users, key=int)]
        return tuple(member for member in found if member is not None)

    def upgrades(self, guild_id: GuildId, user_id: UserId) -> tuple[Upgrade, ...]:
        held = self._under(guild_id, f"upgrade#{user_id}#")
        found = [Upgrade(UserId(rest), by, at) for rest, (_, by, at) in held]
        return tuple(sorted(found, key=lambda one: str(one.at)))

    def take(self, guild_id: GuildId, deed: SettingChanged | UpgradeAssigned) -> None:
        """Do what the event worker does with a deed."""
        if isinstance(deed, UpgradeAssigned):
            name, value = upgrade_setting(deed.user_id, deed.staff_id), deed.mapping
            self.settings.setdefault((guild_id, name), (value, deed.by, deed.at))
        elif deed.value is None:
            self.settings.pop((guild_id, deed.name), None)
        else:
            self.settings[guild_id, deed.name] = deed.value, deed.by, deed.at

    def _under(
        self, guild_id: GuildId, prefix: str
    ) -> list[tuple[str, tuple[str, UserId, datetime]]]:
        return [
            (name.removeprefix(prefix), held)
            for (guild, name), held in sorted(self.settings.items())
            if guild == guild_id and name.startswith(prefix)
        ]
