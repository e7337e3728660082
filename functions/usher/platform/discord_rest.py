"""Discord's REST API with the bot's token, over urllib3.

Short rate limits and passing failures are waited out here; long ones are the queue's to wait for.
Who may call, and when, is said by `usher.limits`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from random import SystemRandom
from time import monotonic, sleep
from typing import Final, Protocol
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from usher.limits.breaker import Why
from usher.limits.rules import Answer, read_answer
from usher.limits.service import Turn, Wait
from usher.platform.discord_bodies import Upload, encode_body

USER_AGENT: Final = "DiscordBot (https://discord.com/developers, 0.1.0)"
"""Discord blocks other forms (API reference: User Agent)."""
ATTEMPTS: Final = 3
LONGEST_WAIT_SECONDS: Final = 3.0
PACED_SECONDS: Final = 5.0
"""Longest wait for a share of the bot's calls, which is there again in a moment."""
PAUSE_SECONDS: Final = 0.25
BANNED_SECONDS: Final = 300.0
"""Wait where the network before Discord refuses without saying for how long."""
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

    def __init__(self, status: int, code: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(status, code)
        self.retry_after = retry_after
        """Seconds until somebody tries again; 0 where nobody has said."""


class RateLimitedError(DiscordError):
    """429 for longer than is waited here, or nobody may ask Discord for so long."""

    def __init__(self, retry_after: float, *, everywhere: bool) -> None:
        super().__init__(429)
        self.retry_after = retry_after
        """Seconds."""
        self.everywhere = everywhere
        """The whole bot or the address is limited, not only this route."""


class UnavailableError(DiscordError):
    """5xx or no answer, several times."""


class Token(Protocol):
    """Where the bot's token comes from."""

    def get(self) -> str:
        """Return the token."""
        ...

    def forget(self) -> None:
        """Look it up again next time."""
        ...


class Limits(Protocol):
    """Who may call Discord, and when."""

    def ask(self, method: str, path: str) -> Turn | Wait:
        """Ask leave for a call."""
        ...

    def tell(self, turn: Turn, answer: Answer) -> Wait | None:
        """Tell what came of it; a Wait where nobody may call now."""
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
    limits: Limits | None = None
    """None for a program that is alone, and short."""
    patience: float = inf
    """Seconds of a call after which it is not tried again here."""
    clock: Callable[[], float] = monotonic

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
        content, kind = encode_body(body, files)
        failure: DiscordError = UnavailableError(0)
        began = self.clock()
        for attempt in range(ATTEMPTS):
            wait = _JITTER.uniform(0.5, 1) * PAUSE_SECONDS * 2**attempt
            turn = self._leave(method, route)
            token = self._token(turn)
            try:
                answer = self.pool.request(
                    method,
                    self.base + route,
                    body=content,
                    headers=_headers(token, kind, reason),
                    timeout=_TIMEOUT,
                    retries=False,
                    redirect=False,
                )
            except HTTPError:
                failure = UnavailableError(0)
            else:
                now = datetime.now(UTC)
                told = read_answer(answer.status, answer.headers, _json(answer.data), now)
                renewed = told.status == 401 and self._renewed(token)
                closed = self._tell(turn, replace(told, status=0) if renewed else told)
                if answer.status < 300:
                    return _json(answer.data)
                failure = _failure(told, _json(answer.data), closed)
                if isinstance(failure, RateLimitedError):
                    wait = failure.retry_after
                if renewed:
                    continue
            if not isinstance(failure, UnavailableError | RateLimitedError):
                raise failure
            if attempt == ATTEMPTS - 1 or wait > self.longest_wait:
                break
            if self.clock() + wait - began > self.patience:
                break
            self.pause(wait)
        raise failure

    def _leave(self, method: str, route: str) -> Turn | None:
        """Wait for leave to call; raises UnauthorizedError, RateLimitedError for too long a wait.

        The share of a moment is spent for a moment only, and is waited for by everybody.
        """
        if self.limits is None:
            return None
        waited = 0.0
        while isinstance(found := self.limits.ask(method, route), Wait):
            if found.why is Why.TOKEN:
                raise UnauthorizedError(401, retry_after=found.seconds)
            longest = PACED_SECONDS if found.paced else self.longest_wait
            if found.why is not None or waited + found.seconds > longest:
                raise RateLimitedError(found.seconds, everywhere=found.everywhere)
            self.pause(found.seconds)
            waited += found.seconds
        return found

    def _tell(self, turn: Turn | None, answer: Answer) -> Wait | None:
        if self.limits is None or turn is None:
            return None
        return self.limits.tell(turn, answer)

    def _token(self, turn: Turn | None) -> str:
        if turn is not None and turn.probe is not None and turn.probe.why is Why.TOKEN:
            self.token.forget()  # it may have been replaced
        return self.token.get()

    def _renewed(self, refused: str) -> bool:
        """Whether the secret holds another token than the one that was refused."""
        self.token.forget()
        return self.token.get() != refused


def _headers(token: str, kind: str | None, reason: str | None) -> dict[str, str]:
    headers = {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT}
    if kind is not None:
        headers["Content-Type"] = kind
    if reason:
        headers["X-Audit-Log-Reason"] = quote(reason[:REASON_LENGTH])
    return headers


def _failure(answer: Answer, body: object, closed: Wait | None) -> DiscordError:
    fields: Mapping[str, object] = body if isinstance(body, dict) else {}
    code = fields.get("code")
    status, number = answer.status, code if isinstance(code, int) else 0
    if status == 401:
        return UnauthorizedError(status, number, 0.0 if closed is None else closed.seconds)
    if answer.banned or closed is not None:
        wait = BANNED_SECONDS if answer.retry_after is None else answer.retry_after
        return RateLimitedError(wait if closed is None else closed.seconds, everywhere=True)
    if status == 429:
        return RateLimitedError(answer.wait, everywhere=answer.everywhere)
    if status in (403, 404):
        return RefusedError(status, number)
    if status >= 500:
        return UnavailableError(status, number)
    return DiscordError(status, number)


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None
