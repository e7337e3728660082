"""What a sign-in with Discord consists of: state, PKCE and scopes. Pure.

The state names the sign-in, a cookie names the browser, and only both together give the verifier:
it is kept nowhere, and a code that comes to another browser is worth nothing (RFC 7636, RFC 9700).
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac
from typing import Final
from urllib.parse import urlencode

from usher.referrals.model import Mode

LIFE: Final = timedelta(minutes=10)
"""From the button on our page to the way back from Discord's."""
LONGEST: Final = 128
"""Characters of a state or of the browser's name; ours are shorter."""
SCOPES: Final[Mapping[Mode, str]] = {
    Mode.TARGETED: "identify",
    Mode.ADDED: "identify guilds.join",
}


def is_token(text: str | None) -> bool:
    """Whether a text can be one of the random ones that we give out."""
    return bool(text) and text is not None and len(text) <= LONGEST and text.isascii()


def digest_of(text: str) -> str:
    """Name a secret without telling it."""
    return sha256(text.encode()).hexdigest()


def verifier_of(browser: str, state: str) -> str:
    """Derive the PKCE verifier of a sign-in: 43 characters, 256 bits."""
    return _text(hmac(browser.encode(), state.encode(), sha256).digest())


def challenge_of(verifier: str) -> str:
    """Derive the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return _text(sha256(verifier.encode()).digest())


def authorize_url(
    base: str, client_id: str, mode: Mode, redirect_uri: str, state: str, challenge: str
) -> str:
    """Write the address of Discord's page; `base` is that of its site."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "scope": SCOPES[mode],
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    return f"{base}/oauth2/authorize?{urlencode(query)}"


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode().rstrip("=")
