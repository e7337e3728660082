"""The guild's settings read from the DynamoDB table, where each is a row."""

from collections.abc import Mapping

from usher.frozen import frozen
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads


@frozen
class DynamoSettingReads:
    """Implements SettingReads. Consistent: who has just set something asks what it is."""

    table: DynamoReads

    def find(self, guild_id: GuildId, name: str) -> str | None:
        """Read a setting by its whole name; None for the default."""
        row = self.table.get((f"G#{guild_id}", f"S#{name}"), consistent=True)
        return None if row is None else str(row.get("value", ""))

    def group(self, guild_id: GuildId, group: str) -> Mapping[str, str]:
        """Read a group of settings by what follows its name, in order of that."""
        prefix = f"S#{group}#"
        return {
            str(row["sk"]).removeprefix(prefix): str(row.get("value", ""))
            for row in self.table.under(f"G#{guild_id}", prefix)
        }
