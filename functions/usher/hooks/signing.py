"""Signatures by the Standard Webhooks specification (standardwebhooks.com). Pure.

Its own library is for whoever receives; signing is one HMAC, which needs no dependency, and the
library verifies what this signs in the tests.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from typing import Final

from usher.hooks.model import Endpoint

SECRET_BYTES: Final = 32
"""The specification asks for 24 to 64."""
OVERLAP: Final = timedelta(days=1)
"""How long the secret before a new one is signed with too."""
_PREFIX: Final = "whsec_"


def new_secret(random: Callable[[int], bytes]) -> str:
    """Make a secret of `random` bytes."""
    return _PREFIX + b64encode(random(SECRET_BYTES)).decode()


def headers_of(endpoint: Endpoint, event_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Write the headers that say whose a body is: one signature a secret in force."""
    secrets = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_until is not None and now < endpoint.old_until:
        secrets.append(endpoint.old_secret)
    stamp = str(int(now.timestamp()))
    signed = f"{event_id}.{stamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    return f"v1,{b64encode(hmac(key, signed, sha256).digest()).decode()}"
