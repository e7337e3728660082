"""The handler as it is usually written: boto3, pynamodb and powertools."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from nacl.signing import VerifyKey
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

LOGGER = Logger()
KEY = VerifyKey(bytes.fromhex(os.environ["DISCORD_PUBLIC_KEY"]))
QUEUES = boto3.client("sqs")


class Counters(Model):
    """A member's counters."""

    class Meta:
        """Where they are."""

        table_name = os.environ["TABLE_NAME"]
        host = os.environ["AWS_ENDPOINT_URL"]
        region = os.environ["AWS_REGION"]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    tracked = NumberAttribute()


def handler(event: dict[str, Any], context: object) -> dict[str, object]:
    """Answer one command."""
    del context
    body, headers = event["body"].encode(), event["headers"]
    stamp = headers["x-signature-timestamp"].encode()
    KEY.verify(stamp + body, bytes.fromhex(headers["x-signature-ed25519"]))
    asked = json.loads(body)
    user = asked["member"]["user"]["id"]
    counters = Counters.get(f"G#{asked['guild_id']}", f"C#{user}")
    LOGGER.info("command answered", extra={"guild_id": asked["guild_id"]})
    answer = {"type": 4, "data": {"content": f"{counters.tracked} invites"}}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(answer),
    }
