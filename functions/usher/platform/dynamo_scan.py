"""A table read or written whole, as DynamoDB's API writes rows; for backups and rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from time import sleep
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH: Final = 25
"""Rows of one BatchWriteItem (DynamoDB's limit)."""
ATTEMPTS: Final = 10

type Item = Mapping[str, Mapping[str, Any]]


class UnwrittenError(Exception):
    """DynamoDB kept giving rows back; `count` of them were not written."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} rows not written")
        self.count = count


def dynamo_client(region: str) -> DynamoDBClient:
    """Build a client."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 8}, max_pool_connections=16)
    return boto3.client("dynamodb", region_name=region, config=config)


@dataclass(frozen=True, slots=True)
class WholeTable:
    """One table. Methods may raise botocore's errors."""

    client: DynamoDBClient
    name: str

    def items(self) -> Iterator[Item]:
        """Read every row, in no order."""
        for page in self.client.get_paginator("scan").paginate(TableName=self.name):
            yield from page["Items"]

    def query(self, pk: str, prefix: str) -> Iterator[Item]:
        """Read the rows of a partition whose sort keys begin so, in order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":sk": {"S": prefix}},
        )
        for page in pages:
            yield from page["Items"]

    def is_empty(self) -> bool:
        """Say whether there is no row at all."""
        return not self.client.scan(TableName=self.name, Limit=1)["Items"]

    def put(self, items: Iterable[Item]) -> int:
        """Write rows, over what is there; return how many. Raises UnwrittenError."""
        done = 0
        for some in batched(items, BATCH, strict=False):
            self._put(some)
            done += len(some)
        return done

    def delete(self, pk: str, sk: str) -> None:
        """Remove a row."""
        self.client.delete_item(TableName=self.name, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def _put(self, items: tuple[Item, ...]) -> None:
        wanted: Any = {self.name: [{"PutRequest": {"Item": item}} for item in items]}
        for attempt in range(ATTEMPTS):
            answer = self.client.batch_write_item(RequestItems=wanted)
            wanted = answer.get("UnprocessedItems")
            if not wanted:
                return
            sleep(min(0.05 * 2**attempt, 5))
        raise UnwrittenError(len(wanted[self.name]))
