"""What is read, as it is shown."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from referral_api.v1.link_fields import CountsView
from usher.referrals.clicks import Click, ClickKind


class CodeRow(BaseModel):
    """An invite of the guild."""

    code: str
    inviter_id: str | None
    uses: int | None
    active: bool


class ClickView(BaseModel):
    """A click. Addresses are never kept."""

    id: str
    at: datetime
    kind: ClickKind
    visitor: str = Field(description="The same for a visitor during one day; empty for a bot.")
    variant: str
    device: str
    browser: str
    system: str
    referrer: str
    country: str


class DayView(BaseModel):
    """A day in UTC."""

    day: date
    counts: CountsView


class VariantView(BaseModel):
    """One look of the link's page, over all time."""

    variant: str
    counts: CountsView


class Analytics(BaseModel):
    """A link's numbers."""

    code: str
    totals: CountsView = Field(description="Of all time.")
    by_day: list[DayView] = Field(description="Days without anything are left out.")
    by_variant: list[VariantView]


class PlaceView(BaseModel):
    """A member's place on a board."""

    rank: int
    user_id: str
    invites: int = Field(description="Effective: tracked and added, less fake and left.")
    tracked: int
    added: int
    fake: int
    left: int


class OriginView(BaseModel):
    """How a member came, by the last word on it."""

    user_id: str
    outcome: str
    kind: str
    inviter_id: str | None = Field(description="`VANITY` for the server's own link.")
    code: str | None
    confidence: str
    method: str | None
    reason: str | None
    candidates: list[str]
    joined_at: datetime | None
    left_at: datetime | None


def click_view(click: Click) -> ClickView:
    """Show a click."""
    return ClickView(
        id=click.id,
        at=click.at,
        kind=click.kind,
        visitor=click.visitor,
        variant=click.variant,
        device=click.device.kind,
        browser=click.device.browser,
        system=click.device.system,
        referrer=click.referrer,
        country=click.country,
    )
