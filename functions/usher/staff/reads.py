"""The staff list read from the DynamoDB table, where settings are rows."""

from collections.abc import Iterator
from datetime import UTC, datetime

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.platform.dynamo_reads import DynamoReads, Item
from usher.staff.mapping import read_value
from usher.staff.queries import ROLE_SETTING, StaffMember, Upgrade, staff_setting
from usher.times import parse_time


@frozen
class DynamoStaffReads:
    """Implements StaffReads. Consistent: who has just set something asks what it is."""

    table: DynamoReads

    def role(self, guild_id: GuildId) -> RoleId | None:
        """Read the configured staff role."""
        row = self.table.get((f"G#{guild_id}", f"S#{ROLE_SETTING}"), consistent=True)
        value = row.get("value") if row else None
        return RoleId(value) if isinstance(value, str) and value else None

    def find(self, guild_id: GuildId, user_id: UserId) -> StaffMember | None:
        """Find somebody in the staff list."""
        key = f"G#{guild_id}", f"S#{staff_setting(user_id)}"
        return _member(user_id, self.table.get(key, consistent=True) or {})

    def everyone(self, guild_id: GuildId) -> tuple[StaffMember, ...]:
        """Read the staff list, lower user ids first."""
        members = [
            member
            for name, row in self._under(guild_id, "S#staff#")
            if (member := _member(UserId(name), row)) is not None
        ]
        return tuple(sorted(members, key=lambda member: int(member.user_id)))

    def upgrades(self, guild_id: GuildId, user_id: UserId) -> tuple[Upgrade, ...]:
        """Read which upgrades of a member are recorded, the oldest first."""
        found = [
            Upgrade(UserId(name), UserId(str(by)) if (by := row.get("by")) else None, _at(row))
            for name, row in self._under(guild_id, f"S#upgrade#{user_id}#")
        ]
        first = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted(found, key=lambda upgrade: upgrade.at or first))

    def _under(self, guild_id: GuildId, prefix: str) -> Iterator[tuple[str, Item]]:
        """Read settings whose names begin so, by what follows."""
        for row in self.table.under(f"G#{guild_id}", prefix):
            yield str(row["sk"]).removeprefix(prefix), row


def _member(user_id: UserId, row: Item) -> StaffMember | None:
    mapping = read_value(row.get("value"))
    return None if mapping is None else StaffMember(user_id, mapping)


def _at(row: Item) -> datetime | None:
    at = row.get("at")
    return parse_time(at) if isinstance(at, str) else None
