"""Errors as RFC 9457 problem details."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

CONTENT_TYPE: Final = "application/problem+json"


class InvalidParam(BaseModel):
    """One part of a request that is wrong."""

    pointer: str = Field(description="Where, as a path: `/body/title`, `/query/limit`.")
    detail: str


class Problem(BaseModel):
    """What went wrong, for people (`title`, `detail`) and for programs (`code`)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(description="Stays the same between releases.")
    detail: str = ""
    request_id: str = ""
    errors: list[InvalidParam] = []


class ProblemError(Exception):
    """A request cannot be answered as asked."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        errors: Sequence[InvalidParam] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.problem = Problem(
            title=title, status=status, code=code, detail=detail, errors=list(errors)
        )
        self.headers = dict(headers or {})


def answer(error: ProblemError, request_id: str) -> Response[str]:
    """Write a problem as a response."""
    problem = error.problem.model_copy(update={"request_id": request_id})
    body = json.dumps(problem.model_dump(exclude_defaults=False), separators=(",", ":"))
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store", **error.headers}
    return Response(problem.status, CONTENT_TYPE, body, headers=headers)


def unknown_link() -> ProblemError:
    """Say that there is no such link."""
    return ProblemError(404, "unknown_link", "No such link", "Nobody has made a link of this code.")
