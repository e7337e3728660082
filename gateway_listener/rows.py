"""Rows of one partition of the table: read as they are, written only if they are as expected."""

from collections.abc import Mapping
from typing import Final

from gateway_listener.aws import Caller
from gateway_listener.lease import TableOutError
from usher.platform.dynamo_reads import decode
from usher.platform.signed_http import AwsError

_REFUSED: Final = "ConditionalCheckFailedException"

type Cells = Mapping[str, str | int]
"""Attributes by name; an integer is a DynamoDB number."""
type Row = dict[str, object]


class Rows:
    """One partition. Every method blocks, and raises TableOutError when DynamoDB fails."""

    def __init__(self, caller: Caller, table_name: str, partition: str) -> None:
        self._caller = caller
        self._table_name = table_name
        self._partition = partition

    def get(self, sort_key: str) -> Row | None:
        """Read a row; None where there is none."""
        asked = {"Key": self._key(sort_key), "ConsistentRead": True}
        item = self._call("GetItem", asked).get("Item")
        return None if item is None else _row(item)

    def all(self) -> dict[str, Row]:
        """Read the partition whole, rows by their sort keys."""
        asked: dict[str, object] = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": self._partition}},
            "ConsistentRead": True,
        }
        found: dict[str, Row] = {}
        while True:
            answer = self._call("Query", asked)
            items = answer.get("Items")
            rows = [_row(item) for item in items] if isinstance(items, list) else []
            found |= {str(row["sk"]): row for row in rows}
            if not (last := answer.get("LastEvaluatedKey")):
                return found
            asked["ExclusiveStartKey"] = last

    def put(self, sort_key: str, row: Cells, expected: Cells | None) -> bool:
        """Write a row, if it holds what is `expected`, or for None is not there; tell whether."""
        asked: dict[str, object] = {"Item": {**self._key(sort_key), **_cells(row)}}
        if expected is None:
            asked["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            asked["ConditionExpression"] = " AND ".join(f"#{name} = :{name}" for name in expected)
            asked["ExpressionAttributeNames"] = {f"#{name}": name for name in expected}
            values = {f":{name}": cell for name, cell in _cells(expected).items()}
            asked["ExpressionAttributeValues"] = values
        try:
            self._call("PutItem", asked)
        except TableOutError as error:
            if error.reason == _REFUSED:
                return False
            raise
        return True

    def _call(self, operation: str, asked: Mapping[str, object]) -> dict[str, object]:
        try:
            return self._caller.call(operation, {"TableName": self._table_name, **asked})
        except AwsError as error:
            raise TableOutError(error.code) from error

    def _key(self, sort_key: str) -> dict[str, object]:
        return {"pk": {"S": self._partition}, "sk": {"S": sort_key}}


def _cells(row: Cells) -> dict[str, object]:
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in row.items()
    }


def _row(item: object) -> Row:
    cells = item if isinstance(item, dict) else {}
    return {name: decode(value) for name, value in cells.items()}
