"""Sign-ins under way in the DynamoDB table, without the SDK.

`O#<digest of the state>` / `O` says for which link and which browser. It ends by TTL, which comes
late: times are compared.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.funnel.codec import read_trace, write_trace
from usher.funnel.model import Trace
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.signed_http import AwsError
from usher.referrals.model import LinkCode
from usher.referrals.sign_in import Taken
from usher.times import format_time, parse_time

_CLICK: Final = "click_"
_REFUSED: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class DynamoSignIns:
    """Implements SignInRows."""

    client: Caller
    name: str

    def begin(self, state: str, browser: str, code: LinkCode, trace: Trace, ends: datetime) -> None:
        """Keep a sign-in, and the click that led to it, until it ends."""
        item = {
            **{f"{_CLICK}{name}": {"S": text} for name, text in write_trace(trace).items()},
            **_key(state),
            "link": {"S": code},
            "browser": {"S": browser},
            "ends": {"S": format_time(ends)},
            "ttl": {"N": str(int(ends.timestamp()))},
        }
        self.client.call("PutItem", {"TableName": self.name, "Item": item})

    def take(self, state: str, browser: str, now: datetime) -> LinkCode | Taken | None:
        """Use a sign-in up: its link; `USED` where it was before; None for no such one."""
        reads = DynamoReads(self.client, self.name)
        row = reads.get((f"O#{state}", "O"), consistent=True)
        if row is None or row.get("browser") != browser or parse_time(str(row["ends"])) <= now:
            return None
        request = {
            "TableName": self.name,
            "Key": _key(state),
            "UpdateExpression": "SET used = :yes",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(used)",
            "ExpressionAttributeValues": {":yes": {"BOOL": True}},
        }
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code == _REFUSED:
                return Taken.USED
            raise
        return LinkCode(str(row["link"]))

    def trace_of(self, state: str) -> Trace:
        """Read the click that led to a sign-in."""
        row = DynamoReads(self.client, self.name).get((f"O#{state}", "O"), consistent=True) or {}
        return read_trace(
            {
                name.removeprefix(_CLICK): value
                for name, value in row.items()
                if name.startswith(_CLICK)
            }
        )

    def link_of(self, state: str, browser: str) -> LinkCode | None:
        """Tell of which link a sign-in was, though it be over; None for none of this browser."""
        row = DynamoReads(self.client, self.name).get((f"O#{state}", "O"))
        if row is None or row.get("browser") != browser:
            return None
        return LinkCode(str(row["link"]))


def _key(state: str) -> dict[str, dict[str, object]]:
    return {"pk": {"S": f"O#{state}"}, "sk": {"S": "O"}}
