"""Visitors' invites and the invite budget in the DynamoDB table, without the SDK.

`L#<code>` / `MINE#<visitor>` names a visitor's newest invite and when it ends, `L#<code>` /
`INVITE#<invite>` the click that led to one, `BUDGET#<guild>` / `<minute>` how many were made in a
minute.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.funnel.codec import write_trace
from usher.funnel.model import Trace
from usher.ids import GuildId, InviteCode
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.referrals.click_table import KEEP_CLICKS
from usher.referrals.codec import Attributes
from usher.referrals.model import LinkCode
from usher.times import format_time, parse_time

MINUTES: Final = 11
"""The present minute and the ten before it, in which an invite alive now may have been made."""
KEEP_MINUTES: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DynamoInviteRows:
    """Implements InviteRows."""

    client: Caller
    name: str

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    def mine(self, code: LinkCode, visitor: str, after: datetime) -> InviteCode | None:
        """Find the visitor's invite of a link that ends later than `after`."""
        item = self._reads.get((f"L#{code}", f"MINE#{visitor}"), consistent=True)
        if item is None or parse_time(str(item["ends"])) <= after:
            return None
        return InviteCode(str(item["invite"]))

    def keep(self, code: LinkCode, visitor: str, invite: InviteCode, ends: datetime) -> None:
        """Keep a visitor's invite until it ends, and its name for longer."""
        held: Attributes = {"invite": {"S": invite}, "ends": {"S": format_time(ends)}}
        self._put(code, f"MINE#{visitor}", held, ends + KEEP_CLICKS)

    def remember(self, code: LinkCode, who: str, trace: Trace, at: datetime) -> None:
        """Keep the click of who comes by an invite, or of `@<member>`, as clicks are kept."""
        told: Attributes = {name: {"S": text} for name, text in write_trace(trace).items()}
        self._put(code, f"INVITE#{who}", told, at + KEEP_CLICKS)

    def _put(self, code: LinkCode, sort: str, attributes: Attributes, last: datetime) -> None:
        key: Attributes = {"pk": {"S": f"L#{code}"}, "sk": {"S": sort}}
        ttl: Attributes = {"ttl": {"N": str(int(last.timestamp()))}}
        self.client.call("PutItem", {"TableName": self.name, "Item": key | attributes | ttl})

    def made(self, guild_id: GuildId, now: datetime) -> int:
        """Count the invites made for a guild in the last ten minutes and this one."""
        minutes = [_minute(now - timedelta(minutes=ago)) for ago in range(MINUTES)]
        rows = self._reads.get_many((f"BUDGET#{guild_id}", minute) for minute in minutes)
        numbers = [row.get("made") for row in rows.values()]
        return sum(number for number in numbers if isinstance(number, int))

    def add(self, guild_id: GuildId, now: datetime) -> None:
        """Count one more."""
        self.client.call(
            "UpdateItem",
            {
                "TableName": self.name,
                "Key": {"pk": {"S": f"BUDGET#{guild_id}"}, "sk": {"S": _minute(now)}},
                "UpdateExpression": "SET #ttl = :ttl ADD #made :one",
                "ExpressionAttributeNames": {"#ttl": "ttl", "#made": "made"},
                "ExpressionAttributeValues": {
                    ":one": {"N": "1"},
                    ":ttl": {"N": str(int((now + KEEP_MINUTES).timestamp()))},
                },
            },
        )


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
