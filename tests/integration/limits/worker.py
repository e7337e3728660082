"""The effects function as a process of its own, fed from its queue as Lambda would."""

import os
import sys
from typing import Any

import boto3

from effects.bootstrap import build

VISIBLE_AGAIN = 10


def camel(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"stringValue": one["StringValue"], "dataType": one["DataType"]}
        for name, one in attributes.items()
    }


def main() -> None:
    door = build(os.environ)
    sqs: Any = boto3.client("sqs")
    url = os.environ["EFFECTS_QUEUE_URL"]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        told = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=5,
            WaitTimeSeconds=1,
            VisibilityTimeout=VISIBLE_AGAIN,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = told.get("Messages", [])
        records: list[Any] = [
            {
                "messageId": one["MessageId"],
                "body": one["Body"],
                "receiptHandle": one["ReceiptHandle"],
                "attributes": one["Attributes"],
                "messageAttributes": camel(one.get("MessageAttributes", {})),
            }
            for one in messages
        ]
        answer = door.handle(records, lambda: 30_000) if records else {"batchItemFailures": []}
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for one in messages:
            if one["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])


if __name__ == "__main__":
    main()
