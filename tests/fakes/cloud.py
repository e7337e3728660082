"""The table, bucket and queue that doors and stores need, made in moto or in the emulator."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

REGION = "us-east-1"
TABLE = "usher"
BUCKET = "usher-ledger"


def make_table(client: "DynamoDBClient", name: str = TABLE) -> str:
    """Make the one table as template.yaml defines it."""
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "board", "AttributeType": "S"},
            {"AttributeName": "score", "AttributeType": "N"},
            {"AttributeName": "due", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "board",
                "KeySchema": [
                    {"AttributeName": "board", "KeyType": "HASH"},
                    {"AttributeName": "score", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    )
    return name


def make_bucket(client: "S3Client", name: str = BUCKET) -> str:
    """Make the ledger's bucket: Object Lock brings versions with it."""
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def make_queue(client: "SQSClient", name: str = "effects") -> str:
    """Make a standard queue and return its URL."""
    return client.create_queue(QueueName=name)["QueueUrl"]


def rows(table: str = TABLE, prefix: str = "") -> Iterator[dict[str, Any]]:
    """Read every item whose sort key begins so, in order of keys, as Python values."""
    resource = boto3.resource("dynamodb", region_name=REGION)
    answer: Mapping[str, Any] = resource.Table(table).scan(ConsistentRead=True)
    items = list(answer["Items"])
    while "LastEvaluatedKey" in answer:
        answer = resource.Table(table).scan(
            ConsistentRead=True, ExclusiveStartKey=answer["LastEvaluatedKey"]
        )
        items += answer["Items"]
    found = [item for item in items if str(item["sk"]).startswith(prefix)]
    yield from sorted(found, key=lambda item: (item["pk"], item["sk"]))
