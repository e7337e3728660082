"""What a join cannot be kept without: one object of its own, and one transaction of three rows."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from aws_lambda_powertools import Logger

LOGGER = Logger()
BUCKET = boto3.client("s3")
TABLE = boto3.client("dynamodb")
WRITERS = ThreadPoolExecutor(16)
"""As many as the event worker has."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, object]:
    """Keep joins: objects side by side, transactions one after another, as their order asks."""
    del context
    joins = [str(one) for one in event["joins"]]
    list(WRITERS.map(_log, joins))
    for join in joins:
        rows: list[Any] = [
            {
                "Put": {
                    "TableName": os.environ["TABLE_NAME"],
                    "Item": {
                        "pk": {"S": "G#floor"},
                        "sk": {"S": f"{kind}#{join}"},
                        "fact": {"S": "x" * 200},
                    },
                }
            }
            for kind in ("EVENT", "M", "C")
        ]
        TABLE.transact_write_items(TransactItems=rows)
    return {"batchItemFailures": []}


def _log(join: str) -> None:
    key, body = f"floor/{join}.json", b"x" * 600
    BUCKET.put_object(Bucket=os.environ["LEDGER_BUCKET"], Key=key, Body=body, IfNoneMatch="*")
