"""The bot's token, read once from Secrets Manager, without the SDK."""

from usher.platform.dynamo_reads import Caller
from usher.platform.token_text import token_in


class SignedToken:
    """A token that stays in memory until it is refused; a Token for DiscordRest."""

    def __init__(self, client: Caller, name: str) -> None:
        self._client = client
        self._name = name
        self._token: str | None = None

    def __repr__(self) -> str:
        return f"SignedToken({self._name!r})"

    def get(self) -> str:
        """Return the token; raises SecretError, and AwsError when it must be read."""
        if self._token is None:
            answer = self._client.call("GetSecretValue", {"SecretId": self._name})
            text = answer.get("SecretString")
            self._token = token_in(text if isinstance(text, str) else "", self._name)
        return self._token

    def forget(self) -> None:
        """Read the secret again next time: the token was refused and may have been replaced."""
        self._token = None
