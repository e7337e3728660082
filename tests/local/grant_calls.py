"""Calls that some roles may make and others may not."""

from __future__ import annotations

from typing import Any

from infra.local.settings import ALERTS_SECRET, TOKEN_SECRET
from tests.local.stacks import Stack

type Call = tuple[str, str, dict[str, Any]]

KEY = {"pk": {"S": "grants"}, "sk": {"S": "x"}}
OF_A_GUILD = {"pk": {"S": "G#grants"}, "sk": {"S": "x"}}
PRESS = {"pk": {"S": "B#grants"}, "sk": {"S": "B"}}


def calls_of(stack: Stack) -> dict[str, Call]:
    table, bucket = stack.physical("UsherTable"), stack.physical("LedgerBucket")
    check = {"TableName": table, "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}
    partition = {
        "TableName": table,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "grants"}},
    }
    board = {
        "TableName": table,
        "IndexName": "board",
        "KeyConditionExpression": "board = :b",
        "ExpressionAttributeValues": {":b": {"S": "grants"}},
    }
    values = {":p": {"S": "G#grants"}, ":b": {"S": "G#grants"}}
    of_guild = {**partition, "ExpressionAttributeValues": {":p": values[":p"]}}
    board_of_guild = {**board, "ExpressionAttributeValues": {":b": values[":b"]}}
    due = {**board, "IndexName": "due", "KeyConditionExpression": "due = :b"}
    line = {"Bucket": bucket, "Key": "lines/grants"}
    locked = {
        **line,
        "Body": "{}",
        "ObjectLockMode": "GOVERNANCE",
        "ObjectLockRetainUntilDate": "2099-01-01T00:00:00Z",
    }
    repairs = {"QueueUrl": stack.physical("RepairsQueue")}

    def send(queue: str, **more: str) -> Call:
        return (
            "sqs",
            "send_message",
            {"QueueUrl": stack.physical(queue), "MessageBody": "poison", **more},
        )

    return {
        "get": ("dynamodb", "get_item", {"TableName": table, "Key": KEY}),
        "batch get": (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {table: {"Keys": [KEY]}}},
        ),
        "get of a guild": ("dynamodb", "get_item", {"TableName": table, "Key": OF_A_GUILD}),
        "batch get of a guild": (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {table: {"Keys": [OF_A_GUILD]}}},
        ),
        "query of a guild": ("dynamodb", "query", of_guild),
        "query board of a guild": ("dynamodb", "query", board_of_guild),
        "query": ("dynamodb", "query", partition),
        "query board": ("dynamodb", "query", board),
        "query due": ("dynamodb", "query", due),
        "scan": ("dynamodb", "scan", {"TableName": table}),
        "keep press": ("dynamodb", "put_item", {"TableName": table, "Item": PRESS}),
        "put": ("dynamodb", "put_item", {"TableName": table, "Item": KEY}),
        "update": ("dynamodb", "update_item", {"TableName": table, "Key": KEY}),
        "update of a guild": ("dynamodb", "update_item", {"TableName": table, "Key": OF_A_GUILD}),
        "transact": (
            "dynamodb",
            "transact_write_items",
            {
                "TransactItems": [
                    {"ConditionCheck": check},
                    {"Put": {"TableName": table, "Item": {**KEY, "sk": {"S": "y"}}}},
                    {"Delete": {"TableName": table, "Key": {**KEY, "sk": {"S": "z"}}}},
                ]
            },
        ),
        "delete": ("dynamodb", "delete_item", {"TableName": table, "Key": KEY}),
        "delete table": ("dynamodb", "delete_table", {"TableName": table}),
        "put line": ("s3", "put_object", locked),
        "put link": ("s3", "put_object", {**locked, "Key": "chain/grants"}),
        "put name": ("s3", "put_object", {**line, "Key": "names/grants", "Body": "{}"}),
        "put backup": ("s3", "put_object", {**line, "Key": "backups/daily/x", "Body": "{}"}),
        "get line": ("s3", "get_object", line),
        "put export": ("s3", "put_object", {**line, "Key": "exports/x.csv", "Body": "x"}),
        "list ledger": ("s3", "list_objects_v2", {"Bucket": bucket}),
        "delete line": ("s3", "delete_object", line),
        "delete name": ("s3", "delete_object", {**line, "Key": "names/grants"}),
        "list versions": ("s3", "list_object_versions", {"Bucket": bucket}),
        "destroy name": ("s3", "delete_object", {**line, "Key": "names/x", "VersionId": "1"}),
        "destroy day": ("s3", "delete_object", {**line, "Key": "csv/x", "VersionId": "1"}),
        "destroy line": ("s3", "delete_object", {**line, "VersionId": "1"}),
        "destroy link": ("s3", "delete_object", {**line, "Key": "chain/x", "VersionId": "1"}),
        "ask for erasure": (
            "s3",
            "put_object",
            {**line, "Key": "erased/guild=1/user=2/asked.json", "Body": "{}"},
        ),
        "note a sweep": (
            "s3",
            "put_object",
            {**line, "Key": "erased/guild=1/user=2/swept.json", "Body": "{}"},
        ),
        "read erasure": (
            "s3",
            "get_object",
            {"Bucket": bucket, "Key": "erased/guild=1/user=3/asked.json"},
        ),
        "get missing line": ("s3", "get_object", {"Bucket": bucket, "Key": "lines/none"}),
        "send command": send("CommandsQueue"),
        "send effect": send("EffectsQueue"),
        "send confirmation": send("ConfirmationsQueue"),
        "send repair": send("RepairsQueue"),
        "send hook": send("HooksQueue"),
        "receive repair": ("sqs", "receive_message", repairs),
        "send event": send("EventsQueue", MessageGroupId="g", MessageDeduplicationId="d"),
        "give back event": (
            "sqs",
            "change_message_visibility",
            {
                "QueueUrl": stack.physical("EventsQueue"),
                "ReceiptHandle": "of no message",
                "VisibilityTimeout": 0,
            },
        ),
        "receive alarm": ("sqs", "receive_message", {"QueueUrl": stack.physical("AlertsQueue")}),
        "read figures": (
            "cloudwatch",
            "get_metric_data",
            {"MetricDataQueries": [], "StartTime": 0, "EndTime": 60},
        ),
        "read alerts webhook": (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": ALERTS_SECRET},
        ),
        "read token": ("secretsmanager", "get_secret_value", {"SecretId": TOKEN_SECRET}),
        "read other secret": ("secretsmanager", "get_secret_value", {"SecretId": "another"}),
    }
