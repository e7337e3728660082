"""Many links as they are sent, and what became of each."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from referral_api.v1.fields import Body
from usher.referrals.bulk import Plan
from usher.referrals.bulk_commands import Form
from usher.referrals.bulk_model import MOST_ROWS, Status

FormQuery = Annotated[Form, Query(alias="format", description="CSV for spreadsheets, or JSON")]


class BulkRequest(Body):
    """Links to be made, each as a link is made alone, or as an export has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "links": [{"campaign_id": "100", "title": "Video", "code": "video-1"}],
                    "atomic": True,
                }
            ]
        }
    )
    links: Annotated[
        list[dict[str, Any]],
        Field(
            min_length=1,
            max_length=MOST_ROWS,
            description="Fields as of a link; a campaign may be named by `campaign` as well.",
        ),
    ]
    atomic: StrictBool = Field(default=False, description="All links or none.")
    dry_run: StrictBool = Field(default=False, description="Only say what would become of it.")


class FaultView(BaseModel):
    """What is wrong with a row."""

    field: str = Field(description="Empty for the row as a whole.")
    detail: str


class RowView(BaseModel):
    """What became of a row."""

    row: int = Field(description="Counted from 1.")
    status: Status
    code: str | None
    errors: list[FaultView]


class BulkAnswer(BaseModel):
    """What became of every row."""

    dry_run: bool
    created: int
    unchanged: int
    failed: int
    skipped: int
    results: list[RowView]


def bulk_answer(plan: Plan, *, dry: bool) -> BulkAnswer:
    """Say what became of every row."""
    return BulkAnswer(
        dry_run=dry,
        created=plan.count(Status.CREATED),
        unchanged=plan.count(Status.UNCHANGED),
        failed=plan.count(Status.FAILED),
        skipped=plan.count(Status.SKIPPED),
        results=[
            RowView(
                row=one.row,
                status=one.status,
                code=one.code,
                errors=[FaultView(field=it.field, detail=it.detail) for it in one.faults],
            )
            for one in plan.results
        ],
    )
