"""The events queue and the bot's token in AWS."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from gateway_listener.errors import RefusedError
from gateway_listener.publish import SendError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


class SqsSender:
    """Sends to an SQS FIFO queue. boto3 clients may be used from several threads."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        """Send one message; raises SendError with the name of AWS's error."""
        try:
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=body,
                MessageGroupId=group,
                MessageDeduplicationId=deduplication_id,
            )
        except ClientError as error:
            raise SendError(error.response.get("Error", {}).get("Code", "ClientError")) from error
        except BotoCoreError as error:
            raise SendError(type(error).__name__) from error


def read_token(client: "SecretsManagerClient", secret_id: str) -> str:
    """Read the bot's token: the whole secret, or `token` in a JSON object.

    Raises RefusedError when there is no such secret, no right to read it, or no token in it.
    """
    try:
        text = client.get_secret_value(SecretId=secret_id).get("SecretString", "")
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "ClientError")
        raise RefusedError(
            f"Secrets Manager does not give out {secret_id!r} of DISCORD_TOKEN_SECRET: {code}."
        ) from error
    token = _token_in(text).strip()
    if not token:
        raise RefusedError(f"The secret {secret_id!r} of DISCORD_TOKEN_SECRET holds no token.")
    return token


def _token_in(text: str) -> str:
    if not text.lstrip().startswith("{"):
        return text
    try:
        fields = json.loads(text)
    except ValueError:
        return ""
    token = fields.get("token")
    return token if isinstance(token, str) else ""
