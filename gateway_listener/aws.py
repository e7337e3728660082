"""AWS without its SDK: the events queue, the bot's token, and callers that threads may share."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from gateway_listener.errors import RefusedError
from gateway_listener.publish import SendError
from usher.platform.settings import SettingsError
from usher.platform.signed_http import AwsError, SignedClient


class Caller(Protocol):
    """What an AWS service is called through."""

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Call an operation; raises AwsError."""


class ThreadCaller:
    """A client for each thread that calls."""

    def __init__(self, make: Callable[[], SignedClient]) -> None:
        self._make = make
        self._clients = threading.local()

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Call an operation by the thread's own client; raises AwsError."""
        client: SignedClient | None = getattr(self._clients, "client", None)
        if client is None:
            client = self._clients.client = self._make()
        return client.call(operation, request)


class SqsSender:
    """Sends to an SQS FIFO queue."""

    def __init__(self, caller: Caller, queue_url: str) -> None:
        self._caller = caller
        self._queue_url = queue_url

    def send(self, group: str, deduplication_id: str, body: str) -> None:
        """Send one message; raises SendError with the name of AWS's error."""
        request = {
            "QueueUrl": self._queue_url,
            "MessageBody": body,
            "MessageGroupId": group,
            "MessageDeduplicationId": deduplication_id,
        }
        try:
            self._caller.call("SendMessage", request)
        except AwsError as error:
            raise SendError(error.code) from error


def read_token(caller: Caller, secret_id: str) -> str:
    """Read the bot's token: the whole secret, or `token` in a JSON object.

    Raises RefusedError when there is no such secret, no right to read it, or no token in it.
    """
    try:
        text = caller.call("GetSecretValue", {"SecretId": secret_id}).get("SecretString")
    except AwsError as error:
        raise RefusedError(
            f"Secrets Manager does not give out {secret_id!r} of DISCORD_TOKEN_SECRET: "
            f"{error.code}."
        ) from error
    except SettingsError as error:
        raise RefusedError(f"There are no AWS credentials: {', '.join(error.problems)}.") from error
    token = _token_in(text if isinstance(text, str) else "").strip()
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
