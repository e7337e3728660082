"""Messages as calls of Discord's REST API."""

from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import quote

from usher.contracts.effect import SendMessage

NONCE_LENGTH: Final = 25
"""Characters of a message's nonce (API reference: Create Message)."""


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


def send(rest: Rest, message: SendMessage) -> None:
    """Post a message, once within minutes; raises DiscordError."""
    mentions: dict[str, list[str]] = {"parse": []}
    if message.mention is not None:
        mentions["users"] = [message.mention]
    body = {
        "content": message.content,
        "nonce": _nonce(message.id),
        "enforce_nonce": True,
        "allowed_mentions": mentions,
    }
    rest.call("POST", f"/channels/{quote(message.channel_id, safe='')}/messages", body)


def _nonce(effect_id: str) -> str:
    """Fit an id into a nonce; a longer one by its hash, so that ids stay apart."""
    if len(effect_id) <= NONCE_LENGTH:
        return effect_id
    return sha256(effect_id.encode()).hexdigest()[:NONCE_LENGTH]
