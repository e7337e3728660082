"""Is this request from Discord, and of now? Asked before anything of it is parsed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Self

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from usher.frozen import frozen
from usher.platform.settings import SettingsError

FRESH_SECONDS: Final = 300
"""A signature older, or newer by a wrong clock, is a replay."""

# Strict, since bytes.fromhex skips blanks and \d knows other scripts' digits.
_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")
_SIGNATURE: Final = re.compile(r"[0-9a-fA-F]{128}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


@frozen
class Verifier:
    """Checks Ed25519 signatures over timestamp and raw body (Discord docs: Security)."""

    key: VerifyKey

    @classmethod
    def from_hex(cls, public_key: str) -> Self:
        """Read an application's public key; raises SettingsError unless it is 64 hex digits."""
        if not _KEY.fullmatch(public_key):
            raise SettingsError(("DISCORD_PUBLIC_KEY",))
        return cls(VerifyKey(bytes.fromhex(public_key)))

    def accepts(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether the headers, names in lower case, sign exactly this body at about `now`."""
        signature = headers.get("x-signature-ed25519", "")
        timestamp = headers.get("x-signature-timestamp", "")
        if not (_SIGNATURE.fullmatch(signature) and _TIMESTAMP.fullmatch(timestamp)):
            return False
        if abs(now.timestamp() - int(timestamp)) > FRESH_SECONDS:
            return False
        try:
            self.key.verify(timestamp.encode() + body, bytes.fromhex(signature))
        except BadSignatureError:
            return False
        return True
