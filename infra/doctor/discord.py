"""Discord as the operator's doctor asks it: with statuses and dates; a refusal is an answer."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from usher.doctor.model import ProbeError
from usher.platform.discord_webhook import USER_AGENT

SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    body: object
    at: datetime | None
    """The server's clock."""
    asked_at: datetime
    """Ours, half way between asking and hearing."""

    def fields(self) -> dict[str, object]:
        """Return the body as an object; empty where it is none."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True)
class Discord:
    """Discord's REST API with the bot's token."""

    base: str
    token: str = field(repr=False)

    def get(self, route: str) -> Answer:
        """Ask a route; raises ProbeError where no answer comes."""
        return self.call("GET", route)

    def call(self, method: str, route: str, body: object = None) -> Answer:
        """Call a route; raises ProbeError where no answer comes."""
        headers = {"Authorization": f"Bot {self.token}"}
        return ask(method, self.base.rstrip("/") + route, headers, body)


def ask(
    method: str, url: str, headers: dict[str, str] | None = None, body: object = None
) -> Answer:
    """Call an address; raises ProbeError where no answer comes."""
    parts = urlsplit(url)
    content = None if body is None else json.dumps(body).encode()
    sent = {"User-Agent": USER_AGENT, "Content-Type": "application/json", **(headers or {})}
    connect = HTTPConnection if parts.scheme == "http" else HTTPSConnection
    began = datetime.now(UTC)
    try:
        connection = connect(parts.netloc, timeout=SECONDS)
        try:
            query = f"?{parts.query}" if parts.query else ""
            connection.request(method, (parts.path or "/") + query, content, sent)
            response = connection.getresponse()
            status, raw, date = response.status, response.read(), response.getheader("Date")
        finally:
            connection.close()
    except (OSError, HTTPException) as error:
        raise ProbeError(f"{parts.netloc} does not answer ({type(error).__name__}).") from error
    heard = datetime.now(UTC)
    return Answer(status, _json(raw), _date(date), began + (heard - began) / 2)


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _date(text: str | None) -> datetime | None:
    try:
        return None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None
