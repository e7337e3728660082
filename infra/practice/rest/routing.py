"""How a REST request becomes an answer: routes, authorisation, refusals, rate-limit headers."""

import hashlib
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import hdrs, web

from infra.practice.errors import (
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    SERVER_ERROR,
    UNAUTHORIZED,
    ApiError,
)
from infra.practice.json_types import Json
from infra.practice.rest.call import Call
from infra.practice.rest.limits import Limits

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers; a 204 has no body."""

    body: Json = None
    status: int = 200


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


def to_aiohttp(
    route: Route, call: Callable[[web.Request], Call], limits: Limits, token: Callable[[], str]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap a route for aiohttp."""
    bucket = hashlib.blake2s(f"{route.method} {route.path}".encode(), digest_size=16).hexdigest()

    async def handle(request: web.Request) -> web.StreamResponse:
        headers = limits.count(bucket)
        if not route.public and not _authorised(request, token()):
            return respond(ApiError(UNAUTHORIZED).body, 401, headers)
        try:
            answer = await route.handler(call(request))
        except ApiError as error:
            return respond(error.body, error.refusal.status, headers)
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 a door: the bug is logged, the client told
            _log.exception("%s %s failed", route.method, route.path)
            return respond(ApiError(SERVER_ERROR).body, 500, headers)
        return respond(answer.body, answer.status, headers)

    return handle


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
    if status == 204:
        return web.Response(status=204, headers=headers)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return web.Response(body=raw, status=status, headers=headers, content_type="application/json")


def _authorised(request: web.Request, token: str) -> bool:
    given = request.headers.get(hdrs.AUTHORIZATION, "")
    return secrets.compare_digest(given.encode(), f"Bot {token}".encode())
