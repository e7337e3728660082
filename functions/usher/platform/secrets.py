"""The bot's token, read once from Secrets Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from usher.platform.token_text import token_in

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def secrets_client(region: str) -> SecretsManagerClient:
    """Build a client."""
    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return boto3.client("secretsmanager", region_name=region, config=config)


class TokenSecret:
    """A token that stays in memory until it is refused."""

    def __init__(self, client: SecretsManagerClient, name: str) -> None:
        self._client = client
        self._name = name
        self._token: str | None = None

    def __repr__(self) -> str:
        return f"TokenSecret({self._name!r})"

    def get(self) -> str:
        """Return the token; raises SecretError, and botocore's errors when it must be read."""
        if self._token is None:
            answer = self._client.get_secret_value(SecretId=self._name)
            self._token = token_in(answer.get("SecretString", ""), self._name)
        return self._token

    def forget(self) -> None:
        """Read the secret again next time: the token was refused and may have been replaced."""
        self._token = None
