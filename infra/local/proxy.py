"""The way from the front's address to the HTTP API in the emulator, every byte as it came.

A signature covers the body's bytes, so nothing is decoded, followed or compressed on the way.
"""

from __future__ import annotations

import io
import json
from http import HTTPStatus
from typing import Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

# RFC 9110 7.6.1: they belong to one connection. Host and Content-Length are written anew.
_NOT_FORWARDED: Final = frozenset(
    {
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# API Gateway's limit for an HTTP API, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
MAX_BODY_BYTES: Final = 10 * 2**20


class Proxy:
    """Forwards requests once it was told where to; until then it answers 503, as AWS does."""

    def __init__(self) -> None:
        self._endpoint: URL | None = None
        self._host = ""
        self._session: aiohttp.ClientSession | None = None

    def point_at(self, endpoint_url: str, api_id: str) -> None:
        """Forward to this HTTP API from now on."""
        self._endpoint = URL(endpoint_url)
        self._host = f"{api_id}.execute-api.{self._endpoint.host}:{self._endpoint.port}"

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()

    async def handle(self, request: web.Request) -> web.Response:
        """Forward one request and give its answer back."""
        if self._endpoint is None:
            return _message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=35),  # an HTTP API's own limit is 30 s
            )
        try:
            body = await request.read()
            async with self._session.request(
                request.method,
                URL(f"{self._endpoint.origin()}{request.raw_path}", encoded=True),
                data=io.BytesIO(body),
                headers=self._headers(request),
                allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            ) as answer:
                return await _translate(answer)
        except web.HTTPRequestEntityTooLarge:
            return _message(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
        except (aiohttp.ClientError, TimeoutError):
            return _message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        headers = CIMultiDict(
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in _NOT_FORWARDED
        )
        headers["Host"] = self._host
        # What API Gateway adds.
        headers["X-Forwarded-For"] = request.remote or "127.0.0.1"
        headers["X-Forwarded-Proto"] = "http"
        headers["X-Forwarded-Port"] = str(request.url.port)
        return headers


async def _translate(answer: aiohttp.ClientResponse) -> web.Response:
    body = await answer.read()
    if answer.status == HTTPStatus.BAD_GATEWAY and _is_crash(body):
        return _message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
    headers = CIMultiDict(
        (name, value)
        for name, value in answer.headers.items()
        if name.lower() not in _NOT_FORWARDED
    )
    return web.Response(status=answer.status, body=body, headers=headers)


def _is_crash(body: bytes) -> bool:
    # The emulator hands a function's trace to the caller; AWS keeps it in the log.
    try:
        error = json.loads(body)
    except ValueError:
        return False
    return isinstance(error, dict) and "errorMessage" in error


def _message(status: HTTPStatus, text: str) -> web.Response:
    return web.json_response({"message": text}, status=status)
