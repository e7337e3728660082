"""What no handler can do without: verify, read one item over a signed request, answer.

The least that imports nacl and the powertools Logger. It checks nothing that could go wrong.
"""

import hmac
import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from nacl.signing import VerifyKey

LOGGER = Logger()
KEY = VerifyKey(bytes.fromhex(os.environ["DISCORD_PUBLIC_KEY"]))
HOST = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
TABLE = HTTPConnection(HOST)
REGION = os.environ["AWS_REGION"]


def handler(event: dict[str, Any], context: object) -> dict[str, object]:
    """Answer one command."""
    del context
    body, headers = event["body"].encode(), event["headers"]
    stamp = headers["x-signature-timestamp"].encode()
    KEY.verify(stamp + body, bytes.fromhex(headers["x-signature-ed25519"]))
    asked = json.loads(body)
    item = read(f"G#{asked['guild_id']}", f"C#{asked['member']['user']['id']}")
    brought = item["tracked"]["N"]
    answer = {"type": 4, "data": {"content": f"{brought} invites"}}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(answer),
    }


def read(partition: str, sort: str) -> dict[str, dict[str, str]]:
    """Get one item."""
    row = {"pk": {"S": partition}, "sk": {"S": sort}}
    body = json.dumps({"TableName": os.environ["TABLE_NAME"], "Key": row}).encode()
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {
        "content-type": "application/x-amz-json-1.0",
        "host": HOST,
        "x-amz-date": moment,
        "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
        "x-amz-target": "DynamoDB_20120810.GetItem",
    }
    names = ";".join(sent)
    lines = "".join(f"{name}:{value}\n" for name, value in sent.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    day = f"{moment[:8]}/{REGION}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{day}\n{sha256(request.encode()).hexdigest()}"
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for step in day.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    access = os.environ["AWS_ACCESS_KEY_ID"]
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access}/{day}, SignedHeaders={names}, Signature={signature}"
    )
    TABLE.request("POST", "/", body, sent)
    item: dict[str, dict[str, str]] = json.loads(TABLE.getresponse().read())["Item"]
    return item
