"""The gate before members-search, over DynamoDB: the guild's setting, and Discord's refusals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from usher.attribution.confirming import LONGEST_REST
from usher.attribution.confirming_ports import Gate
from usher.attribution.guild_settings import load_settings
from usher.attribution.rows import guild_key
from usher.ids import GuildId
from usher.platform.dynamo import Row
from usher.times import format_time, parse_time

SORT_KEY: Final = "SEARCH"


class SearchRow(Row):
    """`SEARCH` of a guild: Discord refused to search it."""

    closed_until = UnicodeAttribute(null=True)
    refusals = NumberAttribute(null=True)
    ttl = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class DynamoGates:
    """Implements Gates; may raise pynamodb's errors. Writes nothing but `SEARCH` rows."""

    def read(self, guild_id: GuildId) -> Gate:
        """Read a guild's gate."""
        wanted = load_settings(guild_id).members_search
        try:
            row = SearchRow.get(guild_key(guild_id), SORT_KEY, consistent_read=True)
        except SearchRow.DoesNotExist:
            return Gate(wanted)
        until = None if row.closed_until is None else parse_time(row.closed_until)
        return Gate(wanted, until, int(row.refusals or 0))

    def close(self, guild_id: GuildId, until: datetime, refusals: int) -> None:
        """Let nobody search the guild until then."""
        SearchRow(guild_key(guild_id), SORT_KEY).update(
            actions=[
                SearchRow.closed_until.set(format_time(until)),
                SearchRow.refusals.set(refusals),
                # a refusal after that is a first one again
                SearchRow.ttl.set(int((until + LONGEST_REST).timestamp())),
            ]
        )

    def open(self, guild_id: GuildId) -> None:
        """Forget refusals."""
        SearchRow(guild_key(guild_id), SORT_KEY).update(
            actions=[SearchRow.closed_until.remove(), SearchRow.refusals.remove()]
        )
