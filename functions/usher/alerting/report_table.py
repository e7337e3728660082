"""Which reports were made, in the DynamoDB table, without the SDK: `ALERT#REPORTS`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.alerting.periods import Period
from usher.hooks.calls import done
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.times import format_time, parse_time

REPORTS: Final = "ALERT#REPORTS"
BEGAN: Final = "BEGAN"
TURN: Final = timedelta(minutes=10)
"""After so long a report that was taken on and not made may be taken on again."""
KEPT: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class DynamoReportLog:
    """Implements ReportLog."""

    client: Caller
    name: str

    def began(self, now: datetime) -> datetime:
        """Tell since when there are reports."""
        reads = DynamoReads(self.client, self.name)
        row = reads.get((REPORTS, BEGAN), consistent=True)
        if row is None:
            item = {"pk": {"S": REPORTS}, "sk": {"S": BEGAN}, "at": {"S": format_time(now)}}
            new = {"ConditionExpression": "attribute_not_exists(pk)"}
            if done(self.client, "PutItem", {"TableName": self.name, "Item": item, **new}):
                return now
            row = reads.get((REPORTS, BEGAN), consistent=True) or {"at": format_time(now)}
        return parse_time(str(row["at"]))

    def claim(self, period: Period, now: datetime) -> bool:
        """Take a report on."""
        request = self._put(period, now)
        request["ConditionExpression"] = (
            "attribute_not_exists(pk) OR (attribute_not_exists(made) AND #at < :before)"
        )
        request["ExpressionAttributeNames"] = {"#at": "at"}
        request["ExpressionAttributeValues"] = {":before": {"S": format_time(now - TURN)}}
        return done(self.client, "PutItem", request)

    def made(self, period: Period, message_id: str, now: datetime) -> None:
        """Note that a report was made."""
        self.client.call("PutItem", self._put(period, now, made=message_id or "-"))

    def _put(self, period: Period, now: datetime, made: str = "") -> dict[str, object]:
        item = {
            "pk": {"S": REPORTS},
            "sk": {"S": period.key},
            "at": {"S": format_time(now)},
            "ttl": {"N": str(int((now + KEPT).timestamp()))},
        }
        if made:
            item["made"] = {"S": made}
        return {"TableName": self.name, "Item": item}
