"""A call that was written down, as one that an SDK can make again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from infra.local.iam_keys import ATTRIBUTES, LEADING
from tests.grants.judging import Call

type Json = dict[str, Any]
type Made = tuple[str, str, Json]
"""Service, operation and arguments."""

_KEY: Final = ("pk", "sk")


def replay(call: Call, names: Mapping[str, str]) -> Made:
    """Return the call; `names` are the physical names of what the template names."""
    service, _, action = call.action.partition(":")
    try:
        return _SERVICES[service](call, action, names)
    except KeyError as error:
        raise NotImplementedError(f"teach this file to make {call}") from error


def _dynamodb(call: Call, action: str, names: Mapping[str, str]) -> Made:
    table, _, index = call.resource.rpartition(":table/")[2].partition("/index/")
    partitions = list(call.keys.get(LEADING, ["grants"]))
    others = [name for name in call.keys.get(ATTRIBUTES, ()) if name not in _KEY]
    key = {"pk": {"S": partitions[0]}, "sk": {"S": "grants"}}
    named: Json = {f"#a{number}": name for number, name in enumerate(others)}
    names_of: Json = {"ExpressionAttributeNames": named} if named else {}
    value = {":v": {"S": "x"}}
    asked: Json = {"TableName": names[table]}
    match action:
        case "GetItem":
            projection = {"ProjectionExpression": ", ".join(named), **names_of} if named else {}
            asked |= {"Key": key, **projection}
        case "BatchGetItem":
            keys = [{**key, "pk": {"S": one}} for one in partitions]
            asked = {"RequestItems": {names[table]: {"Keys": keys}}}
        case "Query":
            where = {"IndexName": index} if index else {}
            asked |= {"KeyConditionExpression": f"{index or 'pk'} = :v", **where}
            asked["ExpressionAttributeValues"] = {":v": {"S": partitions[0]}}
        case "PutItem":
            asked["Item"] = {**key, **{name: {"S": "x"} for name in others}}
        case "UpdateItem" if named:
            sets = ", ".join(f"{name} = :v" for name in named)
            asked |= {"Key": key, "UpdateExpression": f"SET {sets}", **names_of}
            asked["ExpressionAttributeValues"] = value
        case "ConditionCheckItem":
            check = {**asked, "Key": key, "ConditionExpression": "attribute_exists(pk)"}
            return (
                "dynamodb",
                "transact_write_items",
                {"TransactItems": [{"ConditionCheck": check}]},
            )
        case "UpdateItem" | "DeleteItem":
            asked["Key"] = key
    return "dynamodb", _snake(action), asked


def _s3(call: Call, action: str, names: Mapping[str, str]) -> Made:
    bucket, _, key = call.resource.rpartition(":")[2].partition("/")
    at: Json = {"Bucket": names[bucket]}
    thing = {**at, "Key": key}
    locked = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z"}
    return {
        "ListBucket": ("s3", "list_objects_v2", at),
        "ListBucketVersions": ("s3", "list_object_versions", at),
        "GetObject": ("s3", "get_object", thing),
        "PutObject": ("s3", "put_object", {**thing, "Body": "x"}),
        "PutObjectRetention": ("s3", "put_object", {**thing, "Body": "x", **locked}),
        "DeleteObjectVersion": ("s3", "delete_object", {**thing, "VersionId": "none"}),
    }[action]


def _sqs(call: Call, action: str, names: Mapping[str, str]) -> Made:
    queue = call.resource.rpartition(":")[2]
    url = names[queue]
    given: dict[str, Json] = {
        "SendMessage": {"MessageBody": "poison"},
        "DeleteMessage": {"ReceiptHandle": "of no message"},
        "ChangeMessageVisibility": {"ReceiptHandle": "of no message", "VisibilityTimeout": 0},
    }
    more = dict(given.get(action, {}))
    if action == "SendMessage" and url.endswith(".fifo"):
        more |= {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    return "sqs", _snake(action), {"QueueUrl": url, **more}


def _secrets(call: Call, action: str, _names: Mapping[str, str]) -> Made:
    secret = call.resource.rpartition(":")[2].rpartition("-")[0]
    return "secretsmanager", _snake(action), {"SecretId": secret}


def _cloudwatch(_call: Call, action: str, _names: Mapping[str, str]) -> Made:
    span = {"StartTime": "2026-11-29T00:00:00Z", "EndTime": "2026-11-29T01:00:00Z"}
    return {
        "GetMetricData": ("cloudwatch", "get_metric_data", {"MetricDataQueries": [], **span}),
    }[action]


_SERVICES: Final[dict[str, Callable[[Call, str, Mapping[str, str]], Made]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "secretsmanager": _secrets,
    "cloudwatch": _cloudwatch,
}


def _snake(action: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action)[1:]
