"""AWS Signature Version 4 for a POST of JSON (AWS docs: Signing AWS API requests)."""

import hmac
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from usher.frozen import frozen
from usher.platform.settings import require

ALGORITHM: Final = "AWS4-HMAC-SHA256"


@frozen
class Credentials:
    """A key pair, and the session token of temporary credentials."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Credentials":
        """Read the variables that Lambda sets; raises SettingsError without them."""
        found = require(environ, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        token = environ.get("AWS_SESSION_TOKEN") or None
        return cls(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], token)


@frozen
class Scope:
    """What a signature is good for: one service in one Region (and one day)."""

    service: str
    region: str


def sign(
    scope: Scope,
    credentials: Credentials,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> dict[str, str]:
    """Return the headers to send: `headers` (Host among them) with date, token and signature."""
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "X-Amz-Date": moment}
    if credentials.token:
        sent["X-Amz-Security-Token"] = credentials.token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in sent.items())
    signed = ";".join(name for name, _ in lines)
    request = "\n".join(
        (
            "POST",
            quote(path, safe="/-_.~"),
            "",  # no query
            *(f"{name}:{value}" for name, value in lines),
            "",
            signed,
            sha256(body).hexdigest(),
        )
    )
    day = f"{moment[:8]}/{scope.region}/{scope.service}/aws4_request"
    text = "\n".join((ALGORITHM, moment, day, sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for step in day.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    sent["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{day}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )
    return sent
