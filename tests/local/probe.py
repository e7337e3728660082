"""The body of every function in these tests: it makes the SDK calls it is told to and reports."""

import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

type Json = dict[str, Any]


def handler(event: Json, _context: object) -> object:
    """Answer API Gateway, SQS, or a test that invokes it directly."""
    if "Records" in event:
        return _consume(event["Records"])
    if "requestContext" in event:
        return _answer(event)
    return [_call(*call) for call in event["calls"]]


def _call(service: str, operation: str, arguments: Json) -> str:
    client: Any = boto3.client(service)  # type: ignore[call-overload]
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


def _consume(records: list[Json]) -> Json:
    failed = []
    for record in records:
        if record["body"] == "poison":
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            boto3.client("dynamodb").put_item(
                TableName=os.environ["TABLE_NAME"],
                Item={"pk": {"S": "seen"}, "sk": {"S": record["body"][:200]}},
            )
    return {"batchItemFailures": failed}


def _answer(event: Json) -> Json:
    if event.get("body") == "crash":
        raise RuntimeError("what only the log may show")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"event": event, "environment": sorted(os.environ)}),
    }
