"""What every route of `/api/v1` is declared with: its scope, its problems, its caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, Problem, ProblemError
from referral_api.v1.gate import Caller
from usher.referrals.keys import Scope

PREFIX: Final = "/api/v1"
BOT: Final = "/api/discord-bot"
"""Where what a bot of one's own would ask for is (SPEC 5.7)."""
GATED: Final = (f"{PREFIX}/", f"{BOT}/")
"""Addresses that need a key."""
SCHEME: Final = "ApiKey"

_TOLD: Final = {
    401: "No valid API key",
    403: "The key lacks the scope, or reaches other links only",
    404: "There is none",
    409: "It is there already, was changed meanwhile, or is being worked on",
    412: "It was changed since the ETag in If-Match",
    413: "The body is too long",
    415: "The body is not JSON",
    422: "The request is not as described",
    429: "Too many requests of this key",
    503: "Not just now",
}
_ALWAYS: Final = (401, 403, 422, 429, 503)
_WITH_BODY: Final = (413, 415)


def problems(*statuses: int) -> dict[int, OpenAPIResponse]:
    """Declare problems that an operation answers with."""
    return {
        status: {
            "description": _TOLD[status],
            "content": {"application/problem+json": {"model": Problem}},
        }
        for status in statuses
    }


@dataclass(frozen=True, slots=True)
class Routes:
    """Declares routes."""

    router: APIGatewayHttpRouter
    tag: str

    @property
    def caller(self) -> Caller:
        """Who asks now."""
        caller = self.router.context.get("caller")
        assert isinstance(caller, Caller)  # noqa: S101 - the gate stands before every route
        return caller

    def declare(
        self,
        method: str,
        path: str,
        scope: Scope,
        summary: str,
        *also: int,
        success: int = 200,
        told: str = "As asked",
        content: Mapping[str, Any] | None = None,
        prefix: str = PREFIX,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a handler; `also` are the statuses of its problems beside those of all."""
        with_body = _WITH_BODY if method in ("POST", "PATCH") else ()
        statuses = sorted({*_ALWAYS, *with_body, *also})
        good: OpenAPIResponse = {"description": told}
        if success == 204:
            good["content"] = {}
        if content is not None:
            good["content"] = dict(content)

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.router.route(
                f"{prefix}{path}",
                method=method,
                summary=summary,
                description=f"Needs the scope `{scope.value}`.",
                responses={success: good, **problems(*statuses)},
                operation_id=handler.__name__,
                tags=[self.tag],
                security=[{SCHEME: [scope.value]}],
                status_code=success,
                middlewares=[self._needs(scope)],
            )(handler)
            return handler

        return register

    def _needs(
        self, scope: Scope
    ) -> Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]:
        def check(app: APIGatewayHttpResolver, call_next: NextMiddleware) -> Response[Any]:
            if scope not in self.caller.key.scopes:
                raise ProblemError(
                    403,
                    "missing_scope",
                    "The key may not do this",
                    f"It lacks the scope {scope.value}.",
                )
            known = {field.alias for field in app.context["_route"].dependant.query_params}
            given = app.current_event.query_string_parameters or {}
            unknown = [
                InvalidParam(pointer=f"/query/{name}", detail="There is no such parameter.")
                for name in sorted(set(given) - known)
            ]
            if unknown:
                raise ProblemError(
                    422, "invalid", "The request is not as described", errors=unknown
                )
            answer: Response[Any] = call_next(app)
            return answer

        return check
