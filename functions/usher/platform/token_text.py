"""What a secret that holds the bot's token says."""

import json


class SecretError(Exception):
    """A secret holds no token; `name` is the secret's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no token in secret {name}")
        self.name = name


def token_in(text: str, name: str) -> str:
    """Take the whole string, or `token` of a JSON object, as the console likes to store it.

    Raises SecretError where there is none.
    """
    text = text.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text).get("token")
        except ValueError:
            found = None
        text = found.strip() if isinstance(found, str) else ""
    if not text:
        raise SecretError(name)
    return text
