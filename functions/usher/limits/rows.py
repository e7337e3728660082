"""Rows of the DynamoDB table that are changed on condition, without the SDK.

Times in rows are epoch milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from usher.platform.dynamo_reads import Caller, DynamoReads, Item, Key, Value, decode
from usher.platform.signed_http import AwsError

_REFUSED: Final = "ConditionalCheckFailedException"

type Values = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table. Every method may raise AwsError."""

    client: Caller
    name: str

    @property
    def reads(self) -> DynamoReads:
        """What reads them."""
        return DynamoReads(self.client, self.name)

    def update(
        self,
        key: Key,
        change: str,
        condition: str | None,
        values: Values,
        names: tuple[str, ...],
    ) -> Item | None:
        """Change a row and return it whole; None where the condition does not hold."""
        request: dict[str, object] = {
            "TableName": self.name,
            "Key": key_of(key),
            "UpdateExpression": change,
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": _written(values),
            "ReturnValues": "ALL_NEW",
        }
        if condition is not None:
            request["ConditionExpression"] = condition
        answer = self._unless_refused("UpdateItem", request)
        if answer is None:
            return None
        found = answer.get("Attributes")
        return {name: decode(one) for name, one in found.items()} if isinstance(found, dict) else {}

    def delete(self, key: Key, condition: str, values: Values, names: tuple[str, ...]) -> None:
        """Remove a row, if the condition holds."""
        request: dict[str, object] = {
            "TableName": self.name,
            "Key": key_of(key),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": _written(values),
        }
        self._unless_refused("DeleteItem", request)

    def _unless_refused(
        self, operation: str, request: Mapping[str, object]
    ) -> dict[str, object] | None:
        try:
            return self.client.call(operation, request)
        except AwsError as error:
            if error.code != _REFUSED:
                raise
            return None


def key_of(key: Key) -> dict[str, object]:
    """Write a key."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def number(row: Mapping[str, Value], name: str) -> int:
    """Read a whole number, 0 for none."""
    value = row.get(name, 0)
    return value if isinstance(value, int) else 0


def moment(row: Mapping[str, Value], name: str) -> float:
    """Read a point in time as epoch seconds."""
    return number(row, name) / 1000


def milliseconds(seconds: float) -> int:
    """Write seconds, never less than they are."""
    return ceil(seconds * 1000)


def _written(values: Values) -> dict[str, object]:
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in values.items()
    }
