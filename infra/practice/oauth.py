"""OAuth2 as Discord gives it: codes and tokens of people who let an application know them.

Source: Discord docs, "OAuth2", authorization code grant; RFC 6749, 7636 and 9700. Codes and tokens
are kept in memory alone.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from infra.practice.json_types import JsonObject

SCOPES = frozenset({"identify", "guilds", "guilds.join"})
CODE_LIFE = timedelta(minutes=10)
TOKEN_SECONDS = 604_800


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for."""

    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    ends: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """Who a token is of, and what it allows."""

    user_id: str
    scopes: tuple[str, ...]


class OAuthRefusal(Exception):  # noqa: N818 - OAuth2's own word is `error`
    """A request that the token endpoint refuses; `error` is OAuth2's word (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body: JsonObject = {"error": error, "error_description": description}


@dataclass(slots=True)
class Grants:
    """What people have allowed the application."""

    redirects: set[str] = field(default_factory=set)
    """Addresses registered in the developer portal."""
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def allow(
        self,
        user_id: str,
        scopes: Iterable[str],
        redirect_uri: str,
        challenge: str | None,
        now: datetime,
    ) -> str:
        """Have somebody allow something; return the code for it."""
        code = secrets.token_urlsafe(22)
        ends = now + CODE_LIFE
        self.codes[code] = Code(user_id, tuple(scopes), redirect_uri, challenge, ends)
        return code

    def exchange(
        self, code: str, redirect_uri: str, verifier: str | None, now: datetime
    ) -> tuple[str, Token]:
        """Take a code and give a token: each code once. Raises OAuthRefusal."""
        found = self.codes.pop(code, None)
        if found is None or found.ends <= now:
            raise OAuthRefusal("invalid_grant", 'Invalid "code" in request.')
        if found.redirect_uri != redirect_uri:
            raise OAuthRefusal("invalid_grant", 'Invalid "redirect_uri" in request.')
        if found.challenge is not None and found.challenge != challenge_of(verifier or ""):
            raise OAuthRefusal("invalid_grant", 'Invalid "code_verifier" in request.')
        text, token = secrets.token_urlsafe(30), Token(found.user_id, found.scopes)
        self.tokens[text] = token
        return text, token


def challenge_of(verifier: str) -> str:
    """Derive the S256 challenge (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def secret_of(signing_seed: str) -> str:
    """Derive the application's client secret from what it has already."""
    return sha256(f"client secret of {signing_seed}".encode()).hexdigest()[:32]
