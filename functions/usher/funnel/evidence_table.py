"""Evidence for and against conversions in the DynamoDB table, without the SDK.

`L#@<guild>` / `VISITOR#<visitor>` holds which members converted by one visitor. A visitor's name is
of one day, and so is the row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.funnel.model import EventKind, Standing
from usher.funnel.rows import link_rows, member_rows
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads, decode
from usher.referrals.model import LinkCode
from usher.times import format_time

KEEP: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DynamoEvidence:
    """Implements EvidenceRows."""

    client: Caller
    name: str

    def setting(self, guild_id: GuildId, name: str) -> str | None:
        """Read a setting."""
        row = DynamoReads(self.client, self.name).get((f"G#{guild_id}", f"S#{name}"))
        value = None if row is None else row.get("value")
        return value if isinstance(value, str) else None

    def joins(self, code: LinkCode, first: datetime, last: datetime, most: int) -> int:
        """Count a link's joins of a time, up to `most`."""
        prefix = f"EVENT#{EventKind.JOIN.value}#"
        answer = self.client.call(
            "Query",
            {
                "TableName": self.name,
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": {"S": link_rows(code)},
                    ":first": {"S": f"{prefix}{format_time(first)}"},
                    ":last": {"S": f"{prefix}{format_time(last)}#~"},
                },
                "Select": "COUNT",
                "Limit": most,
                "ConsistentRead": True,
            },
        )
        counted = answer.get("Count")
        return counted if isinstance(counted, int) else 0

    def counted(self, code: LinkCode, first: datetime, last: datetime) -> frozenset[UserId]:
        """Name whose conversions of a time count for a link, and nobody has reviewed."""
        prefix = f"EVENT#{EventKind.CONVERSION.value}#"
        request: dict[str, object] = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "FilterExpression": "standing = :counted",
            "ProjectionExpression": "user_id",
            "ExpressionAttributeValues": {
                ":pk": {"S": link_rows(code)},
                ":first": {"S": f"{prefix}{format_time(first)}"},
                ":last": {"S": f"{prefix}{format_time(last)}#~"},
                ":counted": {"S": Standing.COUNTED.value},
            },
            "ConsistentRead": True,
        }
        rows = DynamoReads(self.client, self.name).pages(request)
        return frozenset(UserId(str(row["user_id"])) for row in rows)

    def converting(
        self, guild_id: GuildId, visitor: str, user_id: UserId, now: datetime
    ) -> frozenset[UserId]:
        """Note that a member converts by a visitor; name all who did. Again changes nothing."""
        answer = self.client.call(
            "UpdateItem",
            {
                "TableName": self.name,
                "Key": {"pk": {"S": member_rows(guild_id)}, "sk": {"S": f"VISITOR#{visitor}"}},
                "UpdateExpression": "ADD members :one SET #ttl = :ttl",
                "ExpressionAttributeNames": {"#ttl": "ttl"},
                "ExpressionAttributeValues": {
                    ":one": {"SS": [user_id]},
                    ":ttl": {"N": str(int((now + KEEP).timestamp()))},
                },
                "ReturnValues": "ALL_NEW",
            },
        )
        attributes = answer.get("Attributes")
        members = decode(attributes["members"]) if isinstance(attributes, dict) else None
        if not isinstance(members, frozenset):
            return frozenset({user_id})
        return frozenset(UserId(str(one)) for one in members)
