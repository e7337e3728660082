"""One route as aiohttp serves it: limits, faults on demand, authorisation, then the handler."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import hdrs, web

from infra.practice.errors import SERVER_ERROR, UNAUTHORIZED, ApiError
from infra.practice.faults.answers import AnswerFaults, Lapse
from infra.practice.rest.call import Call
from infra.practice.rest.limits import Limits, Tally
from infra.practice.rest.routing import ALWAYS, API, Route, respond

# Not bound to the bot's global limit (Rate Limits, Global Rate Limit): the endpoints of
# interactions, and what a webhook's own token opens.
OF_INTERACTIONS = ("/interactions/", "/webhooks/{webhook_id}/{token}")
TOP_LEVEL = ("guild_id", "channel_id", "webhook_id", "token")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands before every route: limits, faults on demand, and the bot's token."""

    limits: Limits
    faults: AnswerFaults
    token: Callable[[], str]


class Served:
    """A route behind its guard."""

    def __init__(self, route: Route, call: Callable[[web.Request], Call], guard: Guard) -> None:
        self._route = route
        self._call = call
        self._guard = guard
        self._name = f"{route.method} {route.path}"
        self._bucket = hashlib.blake2s(self._name.encode(), digest_size=16).hexdigest()
        self._exempt = route.path.startswith(OF_INTERACTIONS)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a request."""
        limits = self._guard.limits
        tally = limits.count(self._name, self._bucket, _resource(request), exempt=self._exempt)
        if tally.refusal is None:
            response = await self._with_faults(request, tally)
        else:
            response = respond(tally.refusal, 429, tally.headers)
        limits.note(response.status, response.headers)
        return response

    async def _with_faults(self, request: web.Request, tally: Tally) -> web.Response:
        path = request.path.removeprefix(API)
        fault = self._guard.faults.take(self._route.method, path)
        if fault is None:
            return await self._answer(request, tally.headers)
        if fault.lapse is Lapse.ANSWERED:
            if fault.text is not None:
                return web.Response(text=fault.text, status=fault.status, headers=fault.headers)
            return respond(fault.json, fault.status, {**tally.headers, **fault.headers})
        await asyncio.sleep(fault.seconds)
        response = await self._answer(request, tally.headers)
        if fault.lapse is Lapse.LOST and request.transport is not None:
            request.transport.abort()
        return response

    async def _answer(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        if not self._route.public and not self._authorised(request):
            return respond(ApiError(UNAUTHORIZED).body, 401, headers)
        try:
            answer = await self._route.handler(self._call(request))
        except ApiError as error:
            return respond(error.body, error.refusal.status, headers)
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 a door: the bug is logged, the client told
            _log.exception("%s failed", self._name)
            return respond(ApiError(SERVER_ERROR).body, 500, headers)
        if answer.text is None:
            return respond(answer.body, answer.status, headers)
        return web.Response(
            text=answer.text, content_type=answer.kind, headers={**ALWAYS, **headers}
        )

    def _authorised(self, request: web.Request) -> bool:
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        return secrets.compare_digest(given.encode(), f"Bot {self._guard.token()}".encode())


def _resource(request: web.Request) -> str:
    parts = request.match_info
    return "/".join(parts[name] for name in TOP_LEVEL if name in parts)
