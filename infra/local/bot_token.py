"""The bot token and the client's secret, put where the template says that they are."""

from __future__ import annotations

from infra.local.aws import Cloud


def store(cloud: Cloud, name: str, token: str) -> None:
    """Create the secret, or give it a new version when the token differs."""
    secrets = cloud.secrets
    try:
        if secrets.get_secret_value(SecretId=name)["SecretString"] != token:
            secrets.put_secret_value(SecretId=name, SecretString=token)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, SecretString=token)
