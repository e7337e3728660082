"""Catches and joins of late in the DynamoDB table, without the SDK: rows that end by themselves.

`C#<guild>` / `CATCH#<rule>#<user>` and `C#<guild>` / `RAID`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.asking import SettingReads
from usher.automod.model import GROUP, Policy, read_policies
from usher.automod.raids import SETTING, Config, Window, read_config, read_window, write_window
from usher.hooks.calls import done
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.times import format_time

SAME: Final = timedelta(seconds=15)
"""What a rule catches of a member within this time is one catch."""
KEEP: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredWishes:
    """Implements Wishes."""

    settings: SettingReads

    def policies(self, guild_id: GuildId) -> Mapping[str, Policy]:
        """Read what is done about each rule, by its id."""
        return read_policies(self.settings.group(guild_id, GROUP))

    def raid(self, guild_id: GuildId) -> Config | None:
        """Read what counts as a raid; None where nobody watches."""
        group, _, name = SETTING.partition("#")
        return read_config(self.settings.group(guild_id, group).get(name))


@dataclass(frozen=True, slots=True)
class DynamoCatches:
    """Implements CatchTable and WindowTable."""

    client: Caller
    name: str

    def first(
        self, guild_id: GuildId, rule_id: str, user_id: UserId, at: datetime, key: str
    ) -> bool:
        """Whether this is the first event of a catch; the same key again gives the same answer."""
        begun = "attribute_not_exists(#at) OR #at < :earlier OR #key = :key"
        return done(
            self.client,
            "UpdateItem",
            {
                "TableName": self.name,
                "Key": _key(guild_id, f"CATCH#{rule_id}#{user_id}"),
                "UpdateExpression": "SET #at = :at, #key = :key, #ttl = :ttl",
                "ConditionExpression": begun,
                "ExpressionAttributeNames": {"#at": "at", "#key": "key", "#ttl": "ttl"},
                "ExpressionAttributeValues": {
                    ":at": {"S": format_time(at)},
                    ":earlier": {"S": format_time(at - SAME)},
                    ":key": {"S": key},
                    ":ttl": _ttl(at),
                },
            },
        )

    def load(self, guild_id: GuildId) -> Window:
        """Read a guild's window, consistently; an empty one where there is none."""
        row = DynamoReads(self.client, self.name).get((f"C#{guild_id}", "RAID"), consistent=True)
        if row is None:
            return Window()
        version = row.get("version")
        return read_window(row, version if isinstance(version, int) else 0)

    def save(self, guild_id: GuildId, window: Window) -> bool:
        """Write the next version of a window; False where somebody else was quicker."""
        texts = {name: {"S": said} for name, said in write_window(window).items()}
        latest = max((one.at for one in window.joins), default=None)
        item = _key(guild_id, "RAID") | texts | {"version": {"N": str(window.version + 1)}}
        if latest is not None:
            item["ttl"] = _ttl(latest)
        request: dict[str, object] = {
            "TableName": self.name,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if window.version:
            request["ConditionExpression"] = "version = :before"
            request["ExpressionAttributeValues"] = {":before": {"N": str(window.version)}}
        return done(self.client, "PutItem", request)


def _key(guild_id: GuildId, sort: str) -> dict[str, object]:
    return {"pk": {"S": f"C#{guild_id}"}, "sk": {"S": sort}}


def _ttl(at: datetime) -> dict[str, str]:
    return {"N": str(int((at + KEEP).timestamp()))}
