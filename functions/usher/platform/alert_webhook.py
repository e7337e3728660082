"""Messages of a channel's webhook: posted with `wait=true`, which tells their id, and edited.

Discord API reference: Execute Webhook, Edit Webhook Message, Rate Limits, JSON Error Codes. The
address is a credential: it is in no error, no log and no repr.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from usher.alerting.ports import (
    ChannelGoneError,
    ChannelUnavailableError,
    ContentRefusedError,
    File,
    MessageGoneError,
)
from usher.alerting.words import Rendered
from usher.platform.discord_webhook import USER_AGENT
from usher.platform.multipart import encode_message

TIMEOUT_SECONDS: Final = 6.0
PATIENCE_SECONDS: Final = 8.0
"""Longest sum of pauses; beyond it the queue's redelivery takes over."""
OUTAGE_PAUSES: Final = (0.5, 1.5)
LEAST_PAUSE: Final = 0.1

UNKNOWN_MESSAGE: Final = 10008


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: Mapping[str, object]
    retry_after: float

    @property
    def code(self) -> object:
        return self.fields.get("code")

    @property
    def banned(self) -> bool:
        """Whether Cloudflare answered (error 1015 and its like): it knows nothing of webhooks."""
        return self.status in (403, 429) and not self.fields


@dataclass(slots=True)
class AlertWebhook:
    """Implements Channel."""

    address: Callable[[], str] = field(repr=False)
    """Tells the webhook's address, read when it is needed; may raise ChannelGoneError."""
    forget: Callable[[], None] = field(repr=False)
    """Has the address read again next time: it was refused, and may have been replaced."""
    plain_base: str = ""
    """Base of an API that may be called without TLS: a practice Discord's."""
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def post(self, rendered: Rendered, file: File | None = None) -> str:
        """Post a message; its id."""
        answer = self._ask("POST", "", {"wait": "true"}, rendered, file)
        return str(answer.fields.get("id", ""))

    def edit(self, message_id: str, rendered: Rendered) -> None:
        """Change a message; raises MessageGoneError."""
        self._ask("PATCH", f"/messages/{message_id}", {}, rendered, None)

    def _ask(
        self,
        method: str,
        place: str,
        query: Mapping[str, str],
        rendered: Rendered,
        file: File | None,
    ) -> _Answer:
        url = self._url()
        asked = urlencode([*parse_qsl(url.query), *query.items()])  # a thread_id stays
        path = f"{url.path.rstrip('/')}{place}" + (f"?{asked}" if asked else "")
        content_type, body = encode(rendered, file)
        outages, left = list(OUTAGE_PAUSES), PATIENCE_SECONDS
        while True:
            answer = self._once(method, url, path, content_type, body)
            if 200 <= answer.status < 300:
                return answer
            if answer.banned:
                pause: float | None = None
            elif answer.status == 429:
                pause = answer.retry_after
            elif answer.status == 0 or answer.status >= 500:
                pause = outages.pop(0) if outages else None
            else:
                raise self._refusal(answer)
            if pause is None or pause > left:
                raise ChannelUnavailableError(f"Discord answered {answer.status}")
            left -= pause
            self.sleep(pause)

    def _url(self) -> SplitResult:
        address = self.address().strip()
        plain = bool(self.plain_base) and address.startswith(f"{self.plain_base}/")
        url = _split(address)
        if url is None or not (url.scheme == "https" or plain) or "/webhooks/" not in url.path:
            self.forget()
            raise ChannelGoneError("the secret holds no address of a webhook")
        return url

    def _once(
        self, method: str, url: SplitResult, path: str, content_type: str, body: bytes
    ) -> _Answer:
        connect = HTTPConnection if url.scheme == "http" else HTTPSConnection
        connection = connect(url.netloc.rpartition("@")[2], timeout=TIMEOUT_SECONDS)
        headers = {"Content-Type": content_type, "User-Agent": USER_AGENT}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            payload = response.read()
        except (OSError, HTTPException):
            return _Answer(0, {}, 0.0)
        finally:
            connection.close()
        fields = _object(payload)
        pause = _seconds(fields.get("retry_after"), response.headers.get("Retry-After"))
        return _Answer(response.status, fields, pause)

    def _refusal(self, answer: _Answer) -> Exception:
        if answer.status == 404 and answer.code == UNKNOWN_MESSAGE:
            return MessageGoneError()
        if answer.status in (401, 403, 404):
            self.forget()
            return ChannelGoneError(f"Discord answered {answer.status} ({answer.code})")
        return ContentRefusedError(f"Discord answered {answer.status} ({answer.code})")


def _split(address: str) -> SplitResult | None:
    """Read an address; None where nothing can be asked of it."""
    if not address.isascii() or any(one.isspace() for one in address):
        return None
    try:
        url = urlsplit(address)
        callable_at = url.hostname and url.port != 0
    except ValueError:
        return None
    return url if callable_at else None


def encode(rendered: Rendered, file: File | None) -> tuple[str, bytes]:
    """Write the request: JSON, or multipart with `payload_json` beside a file."""
    roles = [rendered.role] if rendered.role else []
    told = {
        "content": f"<@&{rendered.role}>" if rendered.role else "",
        "embeds": [rendered.embed],
        "allowed_mentions": {"parse": [], "roles": roles},
    }
    payload = json.dumps(told, separators=(",", ":")).encode()
    return encode_message(payload, () if file is None else (file,))


def _object(payload: bytes) -> Mapping[str, object]:
    try:
        fields = json.loads(payload)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _seconds(told: object, header: str | None) -> float:
    """Read how long a 429 asks to wait; a second where it says nothing of use."""
    for one in (told, header):
        try:
            seconds = float(str(one))
        except ValueError:
            continue
        if seconds >= 0:
            return max(seconds, LEAST_PAUSE)
    return 1.0
