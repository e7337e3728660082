"""One request to Discord's REST API with the bot's token, for commands that are typed by hand."""

import json
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from usher.platform.discord_webhook import USER_AGENT

TIMEOUT_SECONDS: Final = 15.0


def call(
    api_base: str, token: str, method: str, route: str, body: object = None
) -> tuple[int, bytes]:
    """Ask, and return status and body; raises OSError and HTTPException."""
    url = urlsplit(api_base)
    headers = {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT}
    payload = None
    if body is not None:
        payload, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    connect = HTTPConnection if url.scheme == "http" else HTTPSConnection
    connection = connect(url.netloc.rpartition("@")[2], timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, url.path.rstrip("/") + route, payload, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
