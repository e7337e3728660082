"""Discord's REST API with the bot's token, over urllib3.

Short rate limits and passing failures are waited out here; long ones are the queue's to wait for.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from time import sleep
from typing import Final, Protocol
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

USER_AGENT: Final = "DiscordBot (https://discord.com/developers, 0.1.0)"
"""Discord blocks other forms (API reference: User Agent)."""
ATTEMPTS: Final = 3
LONGEST_WAIT_SECONDS: Final = 3.0
PAUSE_SECONDS: Final = 0.25
REASON_LENGTH: Final = 512
"""Characters of an audit log reason (API reference: X-Audit-Log-Reason)."""

_TIMEOUT: Final = urllib3.Timeout(connect=2.0, read=6.0)
_JITTER: Final = SystemRandom()


class DiscordError(Exception):
    """Discord did not do what was asked. `status` is HTTP's, 0 when no answer came."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(f"Discord answered {status} ({code})")
        self.status = status
        self.code = code
        """Discord's own error code (API reference: JSON Error Codes), 0 for none."""


class RefusedError(DiscordError):
    """403 or 404: a permission is missing or the thing is gone. Repeating changes nothing."""


class UnauthorizedError(DiscordError):
    """401: the token is wrong. Every further call counts towards a ban of the address."""


class RateLimitedError(DiscordError):
    """429 for longer than is waited here."""

    def __init__(self, retry_after: float, *, everywhere: bool) -> None:
        super().__init__(429)
        self.retry_after = retry_after
        """Seconds."""
        self.everywhere = everywhere
        """The whole bot or the address is limited, not only this route."""


class UnavailableError(DiscordError):
    """5xx or no answer, several times."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a request."""

    filename: str
    content: bytes
    kind: str
    """Its media type."""


class Token(Protocol):
    """Where the bot's token comes from."""

    def get(self) -> str:
        """Return the token."""
        ...

    def forget(self) -> None:
        """Look it up again next time."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordRest:
    """Calls Discord. `base` is the API's address with version, without a slash at the end."""

    base: str
    token: Token
    pool: urllib3.PoolManager
    pause: Callable[[float], None] = sleep
    longest_wait: float = LONGEST_WAIT_SECONDS
    """Seconds that are waited out here; 0 for who can come back later."""

    def call(
        self,
        method: str,
        route: str,
        body: object = None,
        *,
        reason: str | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> object:
        """Call a route, for example `/channels/1/messages`, and return what the answer holds.

        With `files`, by the name of their field, the body goes beside them as `payload_json`.

        Raises RefusedError, UnauthorizedError, RateLimitedError, UnavailableError, and DiscordError
        for any other refusal. The call may have had its effect when UnavailableError is raised.
        """
        content, kind = _content(body, files)
        failure: DiscordError = UnavailableError(0)
        for attempt in range(ATTEMPTS):
            wait = _JITTER.uniform(0.5, 1) * PAUSE_SECONDS * 2**attempt
            try:
                answer = self.pool.request(
                    method,
                    self.base + route,
                    body=content,
                    headers=self._headers(kind, reason),
                    timeout=_TIMEOUT,
                    retries=False,
                    redirect=False,
                )
            except HTTPError:
                failure = UnavailableError(0)
            else:
                if answer.status < 300:
                    return _json(answer.data)
                failure = _failure(answer.status, answer.headers, _json(answer.data))
                if isinstance(failure, UnauthorizedError):
                    self.token.forget()
                if isinstance(failure, RateLimitedError):
                    wait = failure.retry_after
            if not isinstance(failure, UnavailableError | RateLimitedError):
                raise failure
            if attempt == ATTEMPTS - 1 or wait > self.longest_wait:
                break
            self.pause(wait)
        raise failure

    def _headers(self, kind: str | None, reason: str | None) -> dict[str, str]:
        headers = {"Authorization": f"Bot {self.token.get()}", "User-Agent": USER_AGENT}
        if kind is not None:
            headers["Content-Type"] = kind
        if reason:
            headers["X-Audit-Log-Reason"] = quote(reason[:REASON_LENGTH])
        return headers


def _content(
    body: object, files: Mapping[str, Upload] | None
) -> tuple[bytes, str] | tuple[None, None]:
    if files:
        fields: dict[str, tuple[str | None, bytes, str]] = {
            "payload_json": (None, json.dumps(body).encode(), "application/json"),
            **{name: (one.filename, one.content, one.kind) for name, one in files.items()},
        }
        # urllib3 leaves a filename of None out, though its types know no such field.
        return urllib3.encode_multipart_formdata(fields)  # type: ignore[arg-type]
    if body is None:
        return None, None
    return json.dumps(body).encode(), "application/json"


def _failure(status: int, headers: Mapping[str, str], answer: object) -> DiscordError:
    fields: Mapping[str, object] = answer if isinstance(answer, dict) else {}
    code = fields.get("code")
    number = code if isinstance(code, int) else 0
    if status == 429:
        # Without JSON it is not the API that refuses, but the network before it bans the address.
        everywhere = not fields or bool(fields.get("global"))
        return RateLimitedError(_retry_after(headers, fields), everywhere=everywhere)
    if status == 401:
        return UnauthorizedError(status, number)
    if status in (403, 404):
        return RefusedError(status, number)
    if status >= 500:
        return UnavailableError(status, number)
    return DiscordError(status, number)


def _retry_after(headers: Mapping[str, str], fields: Mapping[str, object]) -> float:
    """Read how long to wait; where Discord does not say, too long to wait here."""
    for told in (fields.get("retry_after"), headers.get("Retry-After")):
        if isinstance(told, int | float | str):
            try:
                return max(0.0, float(told))
            except ValueError:
                continue
    return 2 * LONGEST_WAIT_SECONDS


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None
