"""Replies that follow an interaction. The interaction's token authorises it, no bot token.

Discord docs: Edit Original Interaction Response; Rate Limits; User Agent.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote, urlsplit

from usher.platform.multipart import encode_message
from usher.slash.replies import EPHEMERAL, Reply, message

USER_AGENT: Final = "DiscordBot (https://discord.com/developers, 0.1.0)"
TIMEOUT_SECONDS: Final = 8.0
PATIENCE_SECONDS: Final = 12.0
"""Longest sum of pauses; beyond it the queue's redelivery takes over."""
UNKNOWN_PAUSES: Final = (0.25, 0.5, 1.0)
"""The follow-up may overtake the deferral on its way to Discord: 404 until it has arrived."""
OUTAGE_PAUSES: Final = (0.5, 1.0, 2.0)
LIMITS: Final = 5
"""Most 429 answers waited out: they count against the address when repeated."""
LEAST_PAUSE: Final = 0.1

_INVALID_TOKEN: Final = 50027
_PAGES: Final = (b"<", b"error code:")
"""How Cloudflare's own answers begin, for browsers and for programs."""


class WebhookError(Exception):
    """Discord did not take the edit. `status` is 0 when no answer came; `code` is Discord's own."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"webhook answered {status}, code {code}")
        self.status = status
        self.code = code


class WebhookGoneError(WebhookError):
    """The token has expired or was never good: nobody can be answered any more."""


class WebhookRefusedError(WebhookError):
    """Discord refuses this very content; the same again would be refused again."""


class WebhookUnavailableError(WebhookError):
    """Discord is out of reach, failing or limiting for now; later may work."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    code: int
    retry_after: float
    banned: bool = False
    """A page of Cloudflare's (error 1015 and its like): it says nothing of the token."""


@dataclass(slots=True)
class _Pauses:
    """How long to wait after which kind of answer, until patience runs out."""

    unknown: list[float] = field(default_factory=lambda: list(UNKNOWN_PAUSES))
    outage: list[float] = field(default_factory=lambda: list(OUTAGE_PAUSES))
    limits: int = LIMITS
    left: float = PATIENCE_SECONDS

    def after(self, answer: _Answer) -> float | None:
        """Return seconds to wait before another attempt, None to give up."""
        if answer.banned:
            return None
        if answer.status == 429:
            pause: float | None = answer.retry_after if self.limits else None
            self.limits -= 1
        elif answer.status == 404:
            pause = self.unknown.pop(0) if self.unknown else None
        elif answer.status == 0 or answer.status >= 500:
            pause = self.outage.pop(0) if self.outage else None
        else:
            pause = None
        if pause is None or pause > self.left:
            return None
        self.left -= pause
        return pause


class DiscordWebhook:
    """Edits original replies of one application."""

    def __init__(
        self,
        api_base: str,
        application_id: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = urlsplit(api_base)
        self._connect = HTTPConnection if url.scheme == "http" else HTTPSConnection
        self._host = url.netloc.rpartition("@")[2]
        self._path = f"{url.path.rstrip('/')}/webhooks/{quote(application_id, safe='')}"
        self._sleep = sleep

    def edit_original(self, token: str, reply: Reply) -> None:
        """Put the reply in the place of "thinking"; raises a WebhookError."""
        self._tell("PATCH", f"{quote(token, safe='')}/messages/@original", encode(reply))

    def follow_up(self, token: str, reply: Reply) -> None:
        """Say something that only the member who asked sees; raises a WebhookError."""
        self._tell("POST", quote(token, safe=""), encode(reply, ephemeral=True))

    def _tell(self, method: str, place: str, encoded: tuple[str, bytes]) -> None:
        pauses = _Pauses()
        while True:
            answer = self._ask(method, f"{self._path}/{place}", *encoded)
            if 200 <= answer.status < 300:
                return
            pause = pauses.after(answer)
            if pause is None:
                raise _error(answer)
            self._sleep(pause)

    def _ask(self, method: str, path: str, content_type: str, body: bytes) -> _Answer:
        # A connection an edit: minutes may pass between two, and the worker runs one at a time.
        connection = self._connect(self._host, timeout=TIMEOUT_SECONDS)
        headers = {"Content-Type": content_type, "User-Agent": USER_AGENT}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            payload = response.read()
        except (OSError, HTTPException):
            return _Answer(0, 0, 0.0)
        finally:
            connection.close()
        code, told = _read_error(payload)
        retry_after = _seconds(response.headers.get("Retry-After"), told)
        banned = response.status in (403, 429) and payload.lstrip().startswith(_PAGES)
        return _Answer(response.status, code, retry_after, banned)


def encode(reply: Reply, *, ephemeral: bool = False) -> tuple[str, bytes]:
    """Write the request: JSON, or multipart with `payload_json` and `files[n]` for attachments.

    A follow-up says whether it is ephemeral; an edit cannot change it.
    """
    told = message(reply) | ({"flags": EPHEMERAL} if ephemeral else {})
    payload = json.dumps(told, separators=(",", ":")).encode()
    return encode_message(payload, reply.files)


def _error(answer: _Answer) -> WebhookError:
    if answer.banned:
        return WebhookUnavailableError(answer.status, answer.code)
    if answer.status in (401, 403, 404) or answer.code == _INVALID_TOKEN:
        return WebhookGoneError(answer.status, answer.code)
    if answer.status == 429 or answer.status == 0 or answer.status >= 500:
        return WebhookUnavailableError(answer.status, answer.code)
    return WebhookRefusedError(answer.status, answer.code)


def _read_error(payload: bytes) -> tuple[int, object]:
    """Read Discord's error code and `retry_after` (seconds, with decimals) where there are any."""
    try:
        fields = json.loads(payload)
    except ValueError:
        return 0, None
    if not isinstance(fields, dict):
        return 0, None
    code = fields.get("code")
    return (code if isinstance(code, int) else 0), fields.get("retry_after")


def _seconds(header: str | None, told: object) -> float:
    """Return how long a 429 asks to wait; a second where it says nothing of use."""
    try:
        seconds = float(told) if isinstance(told, int | float) else float(header or "")
    except ValueError:
        return 1.0
    return max(seconds, LEAST_PAUSE) if seconds >= 0 else 1.0  # not a number is not >= 0
