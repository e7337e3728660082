"""How a REST request becomes an answer: routes, authorisation, refusals, rate-limit headers."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from infra.practice.errors import METHOD_NOT_ALLOWED, NOT_FOUND, ApiError
from infra.practice.json_types import Json
from infra.practice.rest.call import Call

API = "/api/v10"
# discord.py takes a 429 without it for Cloudflare's.
ALWAYS = {"Via": "1.1 practice"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers; a 204 has no body, a `text` of the type `kind` is not JSON."""

    body: Json = None
    status: int = 200
    text: str | None = None
    kind: str = "text/plain"


NOTHING = Answer(status=204)

type Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `public` routes need no bot token: a token in their path serves."""

    method: str
    path: str
    handler: Handler
    public: bool


@dataclass(slots=True)
class Routes:
    """The routes of one noun, collected by decorator."""

    items: list[Route] = field(default_factory=list)

    def add(self, method: str, path: str, *, public: bool = False) -> Callable[[Handler], Handler]:
        """Register the decorated coroutine for `METHOD path`."""

        def register(handler: Handler) -> Handler:
            self.items.append(Route(method, path, handler, public))
            return handler

        return register


@web.middleware
async def discord_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give aiohttp's own 404 and 405 Discord's bodies."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return respond(ApiError(NOT_FOUND).body, 404)
    except web.HTTPMethodNotAllowed:
        return respond(ApiError(METHOD_NOT_ALLOWED).body, 405)


def respond(body: Json, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """Write an answer as JSON."""
    headers = {**ALWAYS, **(headers or {})}
    if status == 204:
        return web.Response(status=204, headers=headers)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return web.Response(body=raw, status=status, headers=headers, content_type="application/json")
