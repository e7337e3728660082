"""Discord's OAuth2 as its client: a code for a token, and whose token it is (Discord docs: OAuth2).

No answer is asked for twice: a code works once, and who asks again after a lost answer is refused.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import HTTPError

from usher.platform.discord_rest import USER_AGENT

_TIMEOUT: Final = urllib3.Timeout(connect=2.0, read=6.0)
_FORM: Final = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """Discord gave no token, or nobody's. `reason` is OAuth2's word, or ours."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        """HTTP's; 0 when no answer came."""
        self.reason = reason


class GrantError(OAuthError):
    """The code is wrong, old, used before, or not of this browser."""


class ClientError(OAuthError):
    """Discord does not know us: client id, secret or redirect address are wrong."""


class Secret(Protocol):
    """Where the client's secret comes from."""

    def get(self) -> str:
        """Return it; raises an error where there is none."""
        ...

    def forget(self) -> None:
        """Look it up again next time."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordOAuth:
    """Asks Discord. `base` is the API's address with version, without a slash at the end."""

    base: str
    client_id: str
    secret: Secret
    pool: urllib3.PoolManager

    def token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Exchange a code for an access token; raises OAuthError."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        both = f"{quote(self.client_id, safe='')}:{quote(self.secret.get(), safe='')}"
        headers = {
            "Authorization": f"Basic {b64encode(both.encode()).decode()}",
            "Content-Type": _FORM,
        }
        status, fields = self._ask("POST", "/oauth2/token", headers, urlencode(form).encode())
        token = fields.get("access_token")
        if status == 200 and isinstance(token, str) and token:
            return token
        raise self._failed(status, fields)

    def user_id(self, token: str) -> str:
        """Tell whose token it is; raises OAuthError."""
        headers = {"Authorization": f"Bearer {token}"}
        status, fields = self._ask("GET", "/users/@me", headers, None)
        found = fields.get("id")
        if status == 200 and isinstance(found, str) and found.isdecimal():
            return found
        if status == 401:
            raise GrantError(status, "token refused")
        raise OAuthError(status, "no user")

    def _failed(self, status: int, fields: Mapping[str, object]) -> OAuthError:
        reason = str(fields.get("error") or "no token")[:64]
        if reason == "invalid_grant":
            return GrantError(status, reason)
        if reason in ("invalid_client", "unauthorized_client", "invalid_scope") or status == 401:
            self.secret.forget()
            return ClientError(status, reason)
        return OAuthError(status, reason)

    def _ask(
        self, method: str, route: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, object]]:
        try:
            answer = self.pool.request(
                method,
                self.base + route,
                body=body,
                headers={"User-Agent": USER_AGENT, **headers},
                timeout=_TIMEOUT,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            raise OAuthError(0, type(error).__name__) from error
        try:
            fields = json.loads(answer.data)
        except ValueError:
            fields = None
        return answer.status, fields if isinstance(fields, dict) else {}
