"""Kinds of fields that bodies share, each as narrow as what it holds."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"


class Body(BaseModel):
    """What a caller sends: unknown fields are refused, nothing is taken for something else."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _moment(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("a time such as 2026-12-24T18:00:00Z, with its offset")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("no such time") from error


def _https(value: str) -> str:
    if value and not re.fullmatch(r"https://[^\s/?#@\"'<>\\]+(/[^\s\"'<>\\]*)?", value):
        raise ValueError("an https address")
    return value


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", value):
        raise ValueError("an origin such as https://shop.example, without a path")
    return value


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Snowflake = Annotated[str, StringConstraints(pattern=r"^[0-9]{15,20}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE)]
Line = Annotated[str, StringConstraints(max_length=120, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=1_500)]
Platform = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]
Description = Annotated[str, StringConstraints(max_length=300)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
HttpsUrl = Annotated[
    str, StringConstraints(max_length=512), AfterValidator(_https), Field(examples=[""])
]
Origin = Annotated[str, StringConstraints(max_length=260), AfterValidator(_origin)]
