"""Guilds' backfills over DynamoDB: one row, moved on by whoever holds its version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from usher.attribution.backfill_codec import decode_backfill, encode_backfill
from usher.attribution.backfill_state import Backfill
from usher.attribution.rows import EventRow, HeadRow, event_key, guild_key
from usher.attribution.touched import observation_event_id
from usher.credit.rules import MemberRecord
from usher.credit.store import load_members
from usher.ids import GuildId, UserId
from usher.platform.dynamo import Row

SORT_KEY: Final = "BACKFILL"
_CONDITION: Final = "ConditionalCheckFailedException"


class BackfillRow(Row):
    """`BACKFILL` of a guild. Attribute names of its own: a role may be held to them."""

    backfill_version = NumberAttribute(null=True)
    backfill = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class DynamoBackfills:
    """Implements Backfills; may raise pynamodb's errors. Writes nothing but `BACKFILL` rows."""

    def read(self, guild_id: GuildId) -> Backfill | None:
        """Read a guild's backfill; raises StateError."""
        try:
            row = BackfillRow.get(guild_key(guild_id), SORT_KEY, consistent_read=True)
        except BackfillRow.DoesNotExist:
            return None
        return decode_backfill(row.backfill, int(row.backfill_version))

    def write(self, guild_id: GuildId, backfill: Backfill) -> bool:
        """Write what follows on the version given; False where another did."""
        if backfill.version:
            unmoved: Condition = BackfillRow.backfill_version == backfill.version
        else:
            unmoved = BackfillRow.backfill_version.does_not_exist()
        try:
            BackfillRow(guild_key(guild_id), SORT_KEY).update(
                actions=[
                    BackfillRow.backfill_version.set(backfill.version + 1),
                    BackfillRow.backfill.set(encode_backfill(backfill)),
                ],
                condition=unmoved,
            )
        except UpdateError as error:
            if error.cause_response_code == _CONDITION:
                return False
            raise
        return True

    def guild_name(self, guild_id: GuildId) -> str:
        """Read what the guild is called; empty for one never seen."""
        try:
            row = HeadRow.get(
                guild_key(guild_id), "HEAD", attributes_to_get=["pk", "sk", "guild_name"]
            )
        except HeadRow.DoesNotExist:
            return ""
        return row.guild_name or ""

    def records(
        self, guild_id: GuildId, users: Collection[UserId]
    ) -> Mapping[UserId, MemberRecord]:
        """Read members' records as they are."""
        return load_members(guild_id, users, "").now

    def applied(self, guild_id: GuildId, observation_id: str) -> bool:
        """Whether the event worker is done with an observation."""
        key = event_key(observation_event_id(guild_id, observation_id))
        return any(True for _ in EventRow.batch_get([key], consistent_read=True))
