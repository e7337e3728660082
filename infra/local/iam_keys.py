"""What IAM's condition keys hold for a DynamoDB request: partitions and attributes.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
DynamoDB"; developer guide, "Using IAM policy conditions for fine-grained access control" and
"Using IAM with DynamoDB transactions" (each part is authorised as the call it stands for).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

type Json = dict[str, Any]
type Keys = dict[str, list[str]]
"""Values by condition key; a key that the request has no value for is absent."""

LEADING: Final = "dynamodb:LeadingKeys"
ATTRIBUTES: Final = "dynamodb:Attributes"

_PARTS: Final = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
}
_EXPRESSIONS: Final = (
    "ProjectionExpression",
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
)
# A path of a document: its first name is the attribute. What stands before "(" is a function.
_PATH: Final = re.compile(r"(?<![\w:#.])(#\w+|[A-Za-z_]\w*)(?:\.#?\w+|\[\d+\])*(?!\w*\s*\()")
_WORDS: Final = frozenset({"SET", "ADD", "REMOVE", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})


def keys_of(request: Json, partition_key: str) -> Keys:
    """Return the values of a request, or of a transaction's part.

    `partition_key` names the first key attribute of the table or of the index that is asked.
    """
    batch = request.get("RequestItems")
    if isinstance(batch, dict):
        return _together([keys_of(one, partition_key) for one in _of_batch(batch)])
    leading = [*_of_keys(request, partition_key), *_of_query(request, partition_key)]
    named = {**request.get("Key", {}), **request.get("Item", {}), **dict.fromkeys(_named(request))}
    found: Keys = {LEADING: leading, ATTRIBUTES: sorted(named)}
    return {key: values for key, values in found.items() if values}


def parts_of(request: Json) -> Iterator[tuple[str, Json]]:
    """Go through a transaction's parts, each with the action that it is authorised as."""
    for item in request.get("TransactItems", []):
        for kind, part in item.items():
            yield _PARTS[kind], part


def _of_batch(batch: Json) -> Iterator[Json]:
    for asked in batch.values():
        if isinstance(asked, dict):  # BatchGetItem
            shared = {name: value for name, value in asked.items() if name != "Keys"}
            yield from ({**shared, "Key": key} for key in asked["Keys"])
        else:  # BatchWriteItem
            yield from (write for one in asked for write in one.values())


def _of_keys(request: Json, partition_key: str) -> Iterator[str]:
    for whole in (request.get("Key"), request.get("Item")):
        if whole and partition_key in whole:
            yield _text(whole[partition_key])


def _of_query(request: Json, partition_key: str) -> Iterator[str]:
    expression = request.get("KeyConditionExpression", "")
    names, values = _names(request), request.get("ExpressionAttributeValues", {})
    for name, value in re.findall(r"(#?\w+)\s*=\s*(:\w+)", expression):
        if names.get(name, name) == partition_key:
            yield _text(values[value])


def _named(request: Json) -> Iterator[str]:
    names = _names(request)
    for kind in _EXPRESSIONS:
        for head in _PATH.findall(request.get(kind) or ""):
            if head.upper() not in _WORDS:
                yield names.get(head, head)


def _names(request: Json) -> Mapping[str, str]:
    return request.get("ExpressionAttributeNames") or {}


def _text(value: Mapping[str, str]) -> str:
    return next(iter(value.values()))


def _together(found: list[Keys]) -> Keys:
    held: dict[str, dict[str, None]] = {}
    for keys in found:
        for key, values in keys.items():
            held.setdefault(key, {}).update(dict.fromkeys(values))
    return {key: list(values) for key, values in held.items()}
