"""Reading the DynamoDB table without the SDK; the write side is the stores' (pynamodb)."""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

from usher.frozen import frozen
from usher.platform.signed_http import AwsError

type Value = (
    str | int | Decimal | bool | bytes | None | list[Value] | dict[str, Value] | frozenset[Value]
)
type Item = dict[str, Value]
type Key = tuple[str, str]
"""Partition key and sort key."""

BATCH_LIMIT: Final = 100
"""Keys of one BatchGetItem (DynamoDB's limit)."""
BATCH_ROUNDS: Final = 5
DUE_PAGE: Final = 250
"""Items of the first page of what is due: most minutes have none or few."""


class Caller(Protocol):
    """What DynamoDB is called through."""

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Call an operation; raises AwsError."""
        ...


@frozen
class DynamoReads:
    """Typed reads of one table. Every method raises AwsError when DynamoDB fails."""

    client: Caller
    table: str

    def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        """Read one item, None when there is none."""
        request = {"TableName": self.table, "Key": _key(key), "ConsistentRead": consistent}
        return _item(self.client.call("GetItem", request).get("Item"))

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Read items by key; what is missing is left out. Keys must be unique."""
        wanted: list[object] = [_key(key) for key in keys]
        found: dict[Key, Item] = {}
        for _ in range(BATCH_ROUNDS + len(wanted) // BATCH_LIMIT):
            if not wanted:
                return found
            now, wanted = wanted[:BATCH_LIMIT], wanted[BATCH_LIMIT:]
            request = {"RequestItems": {self.table: {"Keys": now}}}
            answer = self.client.call("BatchGetItem", request)
            for item in _items(_inside(answer.get("Responses")).get(self.table)):
                found[str(item["pk"]), str(item["sk"])] = item
            left = _inside(_inside(answer.get("UnprocessedKeys")).get(self.table)).get("Keys")
            wanted.extend(left if isinstance(left, list) else [])
        if wanted:
            raise AwsError("BatchGetItem", 200, "UnprocessedKeys")
        return found

    def under(self, partition: str, prefix: str) -> Iterator[Item]:
        """Read a partition's items whose sort keys begin so, in their order, consistently."""
        request: dict[str, object] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": partition}, ":prefix": {"S": prefix}},
            "ConsistentRead": True,
        }
        return self.pages(request)

    def first(
        self, partition: str, prefix: str, attributes: Sequence[str]
    ) -> tuple[list[Item], bool]:
        """Read some attributes of the items that `under` reads, eventually consistent.

        One request: what DynamoDB reads at a time (1 MB of items), and whether that was all.
        """
        names = {f"#a{number}": name for number, name in enumerate(attributes)}
        answer = self.client.call(
            "Query",
            {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
                "ExpressionAttributeValues": {":pk": {"S": partition}, ":prefix": {"S": prefix}},
                "ProjectionExpression": ", ".join(["sk", *names]),
                "ExpressionAttributeNames": names,
            },
        )
        return [*_items(answer.get("Items"))], not answer.get("LastEvaluatedKey")

    def between(self, partition: str, first: str, last: str) -> Iterator[Item]:
        """Read a partition's items with sort keys from `first` to `last`, in their order."""
        request: dict[str, object] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": partition},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
        return self.pages(request)

    def some(
        self,
        partition: str,
        first: str,
        last: str,
        limit: int,
        *,
        newest: bool = False,
        consistent: bool = False,
    ) -> list[Item]:
        """Read at most `limit` items from `first` to `last`, or from `last` back: one request."""
        answer = self.client.call(
            "Query",
            {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": {"S": partition},
                    ":first": {"S": first},
                    ":last": {"S": last},
                },
                "ScanIndexForward": not newest,
                "ConsistentRead": consistent,
                "Limit": limit,
            },
        )
        return [*_items(answer.get("Items"))]

    def board(
        self,
        board: str,
        *,
        above: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Read a board of the `board` index from the highest score down, page by page.

        `above` leaves out scores up to it. `limit` is how many items the first request asks for;
        who reads on gets pages as large as DynamoDB makes them (1 MB).
        """
        request = self._board(board, above)
        if limit is not None:
            request["Limit"] = limit
        yield from self.pages(request)

    def scores(
        self,
        board: str,
        *,
        above: int | None = None,
        limit: int | None = None,
        most: int | None = None,
    ) -> Iterator[Item]:
        """Read the sort keys and scores of a board, up to `most`; else as `board` reads it."""
        request = self._board(board, above)
        names: dict[str, str] = {"#board": "board", "#score": "score"}
        request |= {"ProjectionExpression": "sk, #score", "ExpressionAttributeNames": names}
        if limit is not None:
            request["Limit"] = limit
        yield from self.pages(request, most)

    def _board(self, board: str, above: int | None) -> dict[str, object]:
        condition, values = "#board = :board", {":board": {"S": board}}
        names = {"#board": "board"}
        if above is not None:
            condition += " AND #score > :above"
            values[":above"] = {"N": str(above)}
            names["#score"] = "score"
        return {
            "TableName": self.table,
            "IndexName": "board",
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
        }

    def due(self, due: str, until: str) -> Iterator[Item]:
        """Read the items of a partition of the `due` index, earliest first, page by page.

        `until` is the latest `due_at`, as text. Items hold their keys alone.
        """
        request: dict[str, object] = {
            "TableName": self.table,
            "IndexName": "due",
            "KeyConditionExpression": "#due = :due AND #at <= :until",
            "ExpressionAttributeNames": {"#due": "due", "#at": "due_at"},
            "ExpressionAttributeValues": {":due": {"S": due}, ":until": {"S": until}},
            "Limit": DUE_PAGE,
        }
        yield from self.pages(request)

    def pages(self, request: dict[str, object], most: int | None = None) -> Iterator[Item]:
        """Read what a Query finds, page by page; `most` items where that is said."""
        read = 0
        while True:
            answer = self.client.call("Query", request)
            for item in _items(answer.get("Items")):
                read += 1
                yield item
            if not (last := answer.get("LastEvaluatedKey")) or (most is not None and read >= most):
                return
            request["ExclusiveStartKey"] = last
            request.pop("Limit", None)
            if most is not None:
                request["Limit"] = most - read


def decode(attribute: object) -> Value:
    """Turn a DynamoDB attribute value, such as `{"N": "3"}`, into a Python value."""
    if not isinstance(attribute, dict) or len(attribute) != 1:
        raise ValueError("not a DynamoDB attribute value")
    [(kind, value)] = attribute.items()
    if kind not in _DECODERS:
        raise ValueError(f"attribute type {kind!r}")
    return _DECODERS[kind](value)


def _number(text: str) -> int | Decimal:
    if text.lstrip("-").isdecimal():
        return int(text)  # ten times as fast, and nearly all are
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _key(key: Key) -> dict[str, object]:
    partition, sort = key
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _item(attributes: object) -> Item | None:
    if not isinstance(attributes, dict):
        return None
    return {name: decode(value) for name, value in attributes.items()}


def _items(rows: object) -> Iterator[Item]:
    for row in rows if isinstance(rows, list) else ():
        if (item := _item(row)) is not None:
            yield item


def _inside(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


_DECODERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "S": str,
    "N": _number,
    "BOOL": bool,
    "NULL": lambda _: None,
    "B": b64decode,
    "L": lambda values: [decode(value) for value in values],
    "M": lambda values: {name: decode(value) for name, value in values.items()},
    "SS": frozenset,
    "NS": lambda values: frozenset(map(_number, values)),
    "BS": lambda values: frozenset(map(b64decode, values)),
}
