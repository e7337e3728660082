"""The bot's token, read once from Secrets Manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class SecretError(Exception):
    """A secret holds no token; `name` is the secret's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no token in secret {name}")
        self.name = name


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
            self._token = self._read(answer.get("SecretString", ""))
        return self._token

    def forget(self) -> None:
        """Read the secret again next time: the token was refused and may have been replaced."""
        self._token = None

    def _read(self, text: str) -> str:
        """Take the whole string, or `token` of a JSON object, as the console likes to store it."""
        text = text.strip()
        if text.startswith("{"):
            try:
                found = json.loads(text).get("token")
            except ValueError:
                found = None
            text = found.strip() if isinstance(found, str) else ""
        if not text:
            raise SecretError(self._name)
        return text
