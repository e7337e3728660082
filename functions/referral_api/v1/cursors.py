"""Where a page of a list ended, as text that means nothing to who holds it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from referral_api.problems import InvalidParam, ProblemError

MOST: Final = 100

Limit = Annotated[int, Query(description="How many at most", ge=1, le=MOST)]
Cursor = Annotated[
    str | None, Query(description="`next_cursor` of the page before", max_length=512)
]


class Page[Item: BaseModel](BaseModel):
    """Part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="Ask with it for what follows; null at the end.")


def write_cursor(*parts: str) -> str:
    """Write where a page ended."""
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str | None, size: int) -> tuple[str, ...] | None:
    """Read what `write_cursor` wrote of so many parts; raises ProblemError for anything else."""
    if text is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        parts = None
    if (
        not isinstance(parts, list)
        or len(parts) != size
        or not all(isinstance(part, str) and part.isascii() for part in parts)
    ):
        raise invalid_cursor()
    return tuple(parts)


def invalid_cursor() -> ProblemError:
    """Say that a cursor is none of ours."""
    wrong = InvalidParam(pointer="/query/cursor", detail="This cursor is from no page of ours.")
    return ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
