"""One HTTP request through the routes, and what goes wrong on its way."""

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.utilities.typing import LambdaContext

from referral_api.cors import API, V1, Cors
from referral_api.problems import InvalidParam, ProblemError, answer
from referral_api.v1.asked import Asked, check_body, read_asked
from referral_api.v1.bootstrap import Rest
from referral_api.v1.document import document_router
from referral_api.v1.gate import Caller
from referral_api.v1.routes import GATED
from usher.platform.logging import Logger
from usher.platform.signed_http import AwsError

OPEN: Final = (f"{V1}openapi.json", f"{V1}docs")
"""Addresses under `/api/v1` that need no key."""


class ReferralDoor:
    """Answers requests. Whatever fails is answered as a problem, and logged with its request id."""

    def __init__(
        self,
        routers: Iterable[APIGatewayHttpRouter],
        log: Logger,
        rest: Rest | None = None,
        cors: Cors | None = None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self.log = log
        self._after = after
        self._rest = rest
        self._cors = cors or Cors(lambda _: ())
        self._app = APIGatewayHttpResolver(enable_validation=True)
        for router in routers:
            self._app.include_router(router)
        if rest is not None:
            rest.declare(self._app)
        self._app.exception_handler(ProblemError)(self._problem)
        self._app.exception_handler(RequestValidationError)(self._invalid)
        self._app.exception_handler(AwsError)(self._unavailable)
        self._app.not_found(self._unknown)
        self._app.include_router(document_router(self._app))

    def handle(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one request (payload format 2.0)."""
        began = perf_counter()
        found = self._answer(event, context)
        told = {
            "request_id": context.aws_request_id,
            "path": event.get("rawPath"),  # without the query, which may hold a code of a sign-in
            "status": found.get("statusCode"),
            "duration_ms": round((perf_counter() - began) * 1000, 1),
        }
        self.log.debug("request answered", extra=told)
        return found

    def _answer(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            asked = read_asked(event)
            return self._cors.preflight(asked) or self._told(asked, event, context)
        except ProblemError as error:
            return _plain(answer(error, context.aws_request_id))
        except AwsError:
            self.log.exception("table unavailable", extra={"request_id": context.aws_request_id})
            return _plain(answer(_later(), context.aws_request_id))
        except Exception as fault:  # ours: the visitor must hear of it
            told = {"request_id": context.aws_request_id, "error": type(fault).__name__}
            self.log.exception("request failed", extra=told)
            ours = ProblemError(500, "internal", "That did not work", "Please try again.")
            return _plain(answer(ours, context.aws_request_id))
        finally:
            self._after()

    def _told(
        self, asked: Asked, event: Mapping[str, Any], context: LambdaContext
    ) -> dict[str, Any]:
        """Answer, and say which pages may read it."""
        try:
            found = self._found(asked, event, context)
        except ProblemError as error:
            found = _plain(answer(error, context.aws_request_id))
        found["headers"] = {**found.get("headers", {}), **self._cors.told(asked)}
        return found

    def _found(
        self, asked: Asked, event: Mapping[str, Any], context: LambdaContext
    ) -> dict[str, Any]:
        def resolve(caller: Caller | None = None) -> dict[str, Any]:
            self._app.append_context(caller=caller)  # type: ignore[no-untyped-call] # powertools
            return self._app.resolve(dict(event), context)

        if asked.path.startswith(API):
            check_body(asked)
        if self._rest is None or not asked.path.startswith(GATED) or asked.path in OPEN:
            return resolve()
        return self._rest.gate.answer(asked, resolve)

    @property
    def _request_id(self) -> str:
        return str(self._app.lambda_context.aws_request_id)

    def _problem(self, error: ProblemError) -> Response[str]:
        return answer(error, self._request_id)

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        errors = [
            InvalidParam(pointer="/" + "/".join(map(str, one["loc"])), detail=str(one["msg"]))
            for one in error.errors()
        ]
        return self._problem(
            ProblemError(422, "invalid", "The request is not as described", errors=errors)
        )

    def _unavailable(self, error: AwsError) -> Response[str]:
        self.log.exception("table unavailable", extra={"request_id": self._request_id})
        return self._problem(_later())

    def _unknown(self, _: NotFoundError) -> Response[str]:
        return self._problem(ProblemError(404, "not_found", "There is nothing at this address"))


def _later() -> ProblemError:
    return ProblemError(
        503, "unavailable", "Not just now", "Please try again.", headers={"Retry-After": "2"}
    )


def _plain(response: Response[str]) -> dict[str, Any]:
    """Write a problem as API Gateway takes it, where no route was reached."""
    return {
        "statusCode": response.status_code,
        "headers": {**response.headers, "Content-Type": response.content_type or ""},
        "body": response.body,
        "isBase64Encoded": False,
    }
