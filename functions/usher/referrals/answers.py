"""Answers kept for a day, so that the same request again changes nothing (Idempotency-Key).

`I#<key prefix>#<hash>` is claimed before the work and holds the answer after it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.platform.signed_http import AwsError
from usher.times import format_time, parse_time

KEEP: Final = timedelta(hours=24)
TAKEN_OVER: Final = timedelta(seconds=30)
"""Work begun so long ago was broken off: the function lives for ten seconds."""
_REFUSED: Final = "ConditionalCheckFailedException"


class BusyError(Exception):
    """The same request is being worked on."""


class OtherRequestError(Exception):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Work that is to be done, or was. `seed` is the same whoever takes it over."""

    name: str
    seed: str
    answer: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class DynamoAnswers:
    """Claims and answers. Every method may raise AwsError."""

    client: Caller
    table: str

    def claim(self, name: str, request: str, seed: str, now: datetime) -> Claim:
        """Begin work, or find its answer; raises BusyError, OtherRequestError.

        `request` is a digest of what is asked for.
        """
        row = self._row(name)
        if row is not None and not _over(row, now):
            if row.get("request") != request:
                raise OtherRequestError
            seed = str(row["seed"])
            kept = row.get("answer")
            if isinstance(kept, str):
                return Claim(name, seed, json.loads(kept))
            if now - parse_time(str(row["begun_at"])) < TAKEN_OVER:
                raise BusyError
        item = {
            "pk": {"S": f"I#{name}"},
            "sk": {"S": "I"},
            "request": {"S": request},
            "seed": {"S": seed},
            "begun_at": {"S": format_time(now)},
            "ttl": {"N": str(int((now + KEEP).timestamp()))},
        }
        before = None if row is None else str(row["begun_at"])
        put: dict[str, object] = {"TableName": self.table, "Item": item}
        put["ConditionExpression"] = "attribute_not_exists(pk)"
        if before is not None:
            put["ConditionExpression"] = "begun_at = :before"
            put["ExpressionAttributeValues"] = {":before": {"S": before}}
        try:
            self.client.call("PutItem", put)
        except AwsError as error:
            if error.code == _REFUSED:
                raise BusyError from error
            raise
        return Claim(name, seed, None)

    def keep(self, claim: Claim, answer: Mapping[str, object]) -> None:
        """Keep the answer of work that is done."""
        text = json.dumps(answer, separators=(",", ":"))
        self._update(claim, "SET answer = :answer", {":answer": {"S": text}})

    def forget(self, claim: Claim, now: datetime) -> None:
        """Let the key be used anew: nothing was done."""
        request = {
            "TableName": self.table,
            "Key": {"pk": {"S": f"I#{claim.name}"}, "sk": {"S": "I"}},
            "UpdateExpression": "SET #ttl = :now",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {":now": {"N": str(int(now.timestamp()))}},
        }
        self.client.call("UpdateItem", request)

    def release(self, claim: Claim) -> None:
        """Let who asks again begin at once, with the same seed: it is open what was done."""
        long_ago = format_time(datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
        self._update(claim, "SET begun_at = :ago", {":ago": {"S": long_ago}})

    def _update(self, claim: Claim, update: str, values: Mapping[str, object]) -> None:
        request = {
            "TableName": self.table,
            "Key": {"pk": {"S": f"I#{claim.name}"}, "sk": {"S": "I"}},
            "UpdateExpression": update,
            "ExpressionAttributeValues": values,
        }
        self.client.call("UpdateItem", request)

    def _row(self, name: str) -> Item | None:
        return DynamoReads(self.client, self.table).get((f"I#{name}", "I"), consistent=True)


def _over(row: Item, now: datetime) -> bool:
    """Whether the day is over; TTL may be days late."""
    ttl = row.get("ttl")
    return isinstance(ttl, int) and ttl <= now.timestamp()
