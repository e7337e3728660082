"""One HTTP request through the routes, and what goes wrong on its way."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.utilities.typing import LambdaContext

from referral_api.problems import InvalidParam, ProblemError, answer
from usher.platform.logging import Logger
from usher.platform.signed_http import AwsError


class ReferralDoor:
    """Answers requests. Whatever fails is answered as a problem, and logged with its request id."""

    def __init__(self, routers: Iterable[APIGatewayHttpRouter], log: Logger) -> None:
        self.log = log
        self._description = ""
        self._app = APIGatewayHttpResolver(enable_validation=True)
        for router in routers:
            self._app.include_router(router)
        self._app.exception_handler(ProblemError)(self._problem)
        self._app.exception_handler(RequestValidationError)(self._invalid)
        self._app.exception_handler(AwsError)(self._unavailable)
        self._app.not_found(self._unknown)
        self._app.get("/api/v1/openapi.json", include_in_schema=False)(self._described)

    def handle(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one request (payload format 2.0)."""
        try:
            return self._app.resolve(dict(event), context)
        except Exception as fault:  # ours: the visitor must hear of it
            told = {"request_id": context.aws_request_id, "error": type(fault).__name__}
            self.log.exception("request failed", extra=told)
            error = ProblemError(500, "internal", "That did not work", "Please try again.")
            response = answer(error, context.aws_request_id)
            return {
                "statusCode": 500,
                "headers": {"Content-Type": response.headers["Content-Type"]},
                "body": response.body,
            }

    @property
    def _request_id(self) -> str:
        return str(self._app.lambda_context.aws_request_id)

    def _described(self) -> Response[str]:
        """Describe the API, from the declarations that validate."""
        if not self._description:
            self._description = self._app.get_openapi_json_schema(
                title="Usher", version="1", description="Referral links: clicks, pages, invites."
            )
        headers: dict[str, str | list[str]] = {"Cache-Control": "public, max-age=300"}
        return Response(200, "application/json", self._description, headers=headers)

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
        return self._problem(
            ProblemError(
                503,
                "unavailable",
                "Not just now",
                "Please try again.",
                headers={"Retry-After": "2"},
            )
        )

    def _unknown(self, _: NotFoundError) -> Response[str]:
        return self._problem(ProblemError(404, "not_found", "There is nothing at this address"))
