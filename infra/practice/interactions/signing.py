"""The application's key pair, with which Discord signs what it sends to the endpoint."""

from nacl.signing import SigningKey


class Signer:
    """Signs with Ed25519 over the timestamp followed by the raw body.

    Source: Discord API reference, "Interactions Overview", section Security and Authorization.
    """

    def __init__(self, seed_hex: str) -> None:
        self._key = SigningKey(bytes.fromhex(seed_hex))

    @property
    def public_key_hex(self) -> str:
        """The key that the endpoint verifies with."""
        return self._key.verify_key.encode().hex()

    def headers(self, body: bytes, timestamp: str) -> dict[str, str]:
        """Return the two signature headers of a body."""
        signature = self._key.sign(timestamp.encode() + body).signature
        return {"X-Signature-Ed25519": signature.hex(), "X-Signature-Timestamp": timestamp}

    def wrong_headers(self, body: bytes, timestamp: str) -> dict[str, str]:
        """Return headers of the right form whose signature is of another key."""
        signature = SigningKey.generate().sign(timestamp.encode() + body).signature
        return {"X-Signature-Ed25519": signature.hex(), "X-Signature-Timestamp": timestamp}
